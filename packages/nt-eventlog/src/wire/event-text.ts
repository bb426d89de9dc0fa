// The strings and the data of an event within what Windows takes. Strings are measured in units of UTF-16, two bytes each.

/** Units of the longest string, by Microsoft's documentation of ReportEvent. */
export const MAX_STRING = 31_839

/** Strings that an event can have: MAX_STRINGS of the event log's protocol, MS-EVEN, whose calls refuse more. */
export const MAX_STRINGS = 256

/** Bytes of data that an event can have, by Microsoft's documentation. */
export const MAX_DATA = 61_440

// One string of the greatest length with its end: an event is kept within a block of 64 KiB, whatever it consists of.
const ROOM = MAX_STRING + 1

/** What an event says: its strings and its raw data. */
export interface Contents {
  readonly strings: readonly string[]
  readonly data: Uint8Array | undefined
}

/**
 * The contents as Windows takes them: no NUL in a string, at most {@link MAX_STRINGS}, and no more in all
 * than one string and its end may have. The longest are cut, each with a marker at its end. Data goes before strings,
 * and is not to be larger than {@link MAX_DATA}.
 */
export function fitContents(strings: readonly string[], data?: Uint8Array): Contents {
  const texts = fewer(strings).map(withoutNuls)
  const room = ROOM - texts.length - Math.ceil((data?.length ?? 0) / 2)
  const longest = longestWithin(texts, room)
  return { strings: texts.map((text) => cut(text, longest)), data: data?.length ? data : undefined }
}

/** The first units of `text`, with a marker that says how many are missing; the text itself if it is not longer than `max`. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  // As long as it can be, since what it says depends on the cut.
  const room = max - marker(text.length).length
  if (room <= 0) return text.slice(0, wholeUntil(text, max))
  const end = wholeUntil(text, room)
  return text.slice(0, end) + marker(text.length - end)
}

// Windows' strings end at a NUL; this is its picture.
function withoutNuls(text: string): string {
  return text.replaceAll('\0', '\u2400')
}

function fewer(texts: readonly string[]): readonly string[] {
  if (texts.length <= MAX_STRINGS) return texts
  const kept = texts.slice(0, MAX_STRINGS - 1)
  return [...kept, `[... ${texts.length - kept.length} strings cut]`]
}

// The length to which the longest have to be cut, so that all together have room; the shorter ones stay whole.
function longestWithin(texts: readonly string[], room: number): number {
  let left = room
  const lengths = texts.map(({ length }) => length).sort((a, b) => a - b)
  for (const [index, length] of lengths.entries()) {
    const share = Math.floor(left / (lengths.length - index))
    if (length > share) return share
    left -= length
  }
  return MAX_STRING
}

function marker(missing: number): string {
  return `[... ${missing} characters cut]`
}

// No pair of surrogates is cut in two.
function wholeUntil(text: string, end: number): number {
  return /[\ud800-\udbff]$/.test(text.slice(end - 1, end)) && /^[\udc00-\udfff]/.test(text.slice(end, end + 1))
    ? end - 1
    : end
}
