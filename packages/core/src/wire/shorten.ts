// A dictionary in less room: its longest strings are cut, and what has no strings to cut is left out.

/** How much room things take in an encoding. */
export interface Measure {
  /** Bytes around the entries of a dictionary. */
  readonly frame: number
  /** Bytes of one entry. */
  entry(key: string, value: unknown): number
  /** Bytes that a string takes more than an empty one. */
  contents(text: string): number
}

/** The values of a dictionary by name. */
export type Fields = Readonly<Record<string, unknown>>

// Deeper than this nobody looks; what is there stays whole.
const MAX_DEPTH = 32

/**
 * `fields` in at most `room` bytes, the longest strings cut first, wherever they are, no character in two. Where empty
 * strings would not be enough, the largest fields are left out that `keeps` does not name; undefined when that is not
 * enough either.
 */
export function shorten(
  fields: Fields,
  room: number,
  measure: Measure,
  keeps: ReadonlySet<string>,
): Fields | undefined {
  const entries = fitting(Object.entries(fields), room, measure, keeps)
  if (!entries) return undefined
  const cuts = cutsOf(entries, room, measure)
  return Object.fromEntries(entries.map(([key, value]) => [key, mapStrings(value, (text) => cuts.next(text))]))
}

type Entry = readonly [key: string, value: unknown]

// The entries that there is room for when all strings are empty.
function fitting(
  entries: readonly Entry[],
  room: number,
  measure: Measure,
  keeps: ReadonlySet<string>,
): readonly Entry[] | undefined {
  const sizes = new Map(entries.map(([key, value]) => [key, measure.entry(key, mapStrings(value, empty))]))
  let size = [...sizes.values()].reduce((sum, bytes) => sum + bytes, measure.frame)
  const bySize = [...sizes].filter(([key]) => !keeps.has(key)).sort(([, a], [, b]) => b - a)
  for (const [key, bytes] of bySize) {
    if (size <= room) break
    size -= bytes
    sizes.delete(key)
  }
  return size <= room ? entries.filter(([key]) => sizes.has(key)) : undefined
}

interface Cuts {
  /** What becomes of the next string, in the order of `mapStrings`. */
  next(text: string): string
}

function cutsOf(entries: readonly Entry[], room: number, measure: Measure): Cuts {
  const strings: string[] = []
  const size = entries.reduce((sum, [key, value]) => {
    mapStrings(value, (text) => {
      strings.push(text)
      return text
    })
    return sum + measure.entry(key, value)
  }, measure.frame)
  const kept = keptLengths(strings, size - room, measure)
  let at = 0
  return { next: (text) => text.slice(0, kept.get(at++) ?? text.length) }
}

// How many characters are kept of the strings that have to be cut, by their place.
function keptLengths(strings: readonly string[], excess: number, measure: Measure): ReadonlyMap<number, number> {
  const kept = new Map<number, number>()
  const longestFirst = strings.map((text, at) => ({ text, at })).sort((a, b) => b.text.length - a.text.length)
  let left = excess
  for (const { text, at } of longestFirst) {
    if (left <= 0) break
    left -= measure.contents(text)
    kept.set(at, left < 0 ? prefixWithin(text, -left, measure) : 0)
  }
  return kept
}

// Characters of the longest beginning of `text` whose contents take at most `room` bytes.
function prefixWithin(text: string, room: number, measure: Measure): number {
  let [fits, tooLong] = [0, Math.min(text.length, room) + 1]
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1
    if (measure.contents(text.slice(0, middle)) <= room) fits = middle
    else tooLong = middle
  }
  // Half of a pair of surrogates is left out.
  return /[\ud800-\udbff]$/.test(text.slice(0, fits)) ? fits - 1 : fits
}

function mapStrings(value: unknown, change: (text: string) => string, depth = 0): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null || depth === MAX_DEPTH) return value
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change, depth + 1)]))
}

function empty(): string {
  return ''
}
