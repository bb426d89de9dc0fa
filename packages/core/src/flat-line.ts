// A line that is one flat object, as most of pino's are: its fields are read where they stand, without parsing the line.

// Strings without escapes and control characters, numbers and literals, between them nothing: such a line is JSON for
// certain, and a quotation mark in it is the end of a string.
const TEXT = String.raw`"[^"\\\0-\x1f]*"`
const NUMBER = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?`
const FIELD = `${TEXT}:(?:${TEXT}|${NUMBER}|true|false|null)`
const FLAT = new RegExp(`^\\{${FIELD}(?:,${FIELD})*\\}$`)

// The expression remembers each character of a long string, up to a limit of its own.
const LONGEST = 1 << 16

/** Whether {@link flatField} can read `line`. */
export function isFlat(line: string): boolean {
  return line.length <= LONGEST && FLAT.test(line)
}

/** The field of a flat line as JSON.parse would give it: the last one of that name, undefined without one. */
export function flatField(line: string, key: string): unknown {
  const start = startOf(key)
  if (start === undefined) return Object.entries(JSON.parse(line)).find(([name]) => name === key)?.[1]
  let at = line.startsWith(start.first) ? 0 : -1
  for (let next = line.indexOf(start.later); next !== -1; next = line.indexOf(start.later, next + 1)) at = next
  return at === -1 ? undefined : valueAt(line, at + start.later.length)
}

function valueAt(line: string, start: number): unknown {
  if (line.charCodeAt(start) === QUOTE) return line.slice(start + 1, line.indexOf('"', start + 1))
  const comma = line.indexOf(',', start)
  return JSON.parse(line.slice(start, comma === -1 ? -1 : comma))
}

const QUOTE = 34

/** What a field starts with, as the first one of a line and as a later one. */
interface Start {
  readonly first: string
  readonly later: string
}

// What stands between two strings has a comma or a colon, and a key with a quotation mark would have an escape in the
// line: these are the only keys that could look like a field and be none.
const AMBIGUOUS = /[",:]/

const starts = new Map<string, Start | undefined>()
const MOST_STARTS = 1000

function startOf(key: string): Start | undefined {
  if (starts.has(key)) return starts.get(key)
  const start = AMBIGUOUS.test(key) ? undefined : { first: `{"${key}":`, later: `,"${key}":` }
  // Keys are names in a program; if they were data after all, they do not stay.
  if (starts.size < MOST_STARTS) starts.set(key, start)
  return start
}
