// What a line says, read where it stands, without parsing the line.

const LEVEL = '{"level":'
const TIME = ',"time":'

// As pino writes them unless it is told otherwise, with the time at a fixed place.
const USUAL_START = /^\{"level":\d\d,"time":\d{13}[,}]/
const [USUAL_TIME, USUAL_END] = [19, 32]

/** The level that `line` starts with, a number or a label; undefined when the line does not start as pino's do. */
export function prefixLevel(line: string): number | string | undefined {
  return line.startsWith(LEVEL) ? prefixAt(line, LEVEL.length) : undefined
}

/** The time that follows the level at the start of `line`; undefined when the line does not start as pino's do. */
export function prefixTime(line: string): number | string | undefined {
  if (USUAL_START.test(line)) return Number(line.slice(USUAL_TIME, USUAL_END))
  if (!line.startsWith(LEVEL)) return undefined
  const at = line.indexOf(',', LEVEL.length)
  return at !== -1 && line.startsWith(TIME, at) ? prefixAt(line, at + TIME.length) : undefined
}

// A JSON number, or a string without escapes, that ends the object or is followed by the next key.
function prefixAt(line: string, start: number): number | string | undefined {
  if (line.charCodeAt(start) === QUOTE) {
    const end = line.indexOf('"', start + 1)
    const value = end === -1 ? '\\' : line.slice(start + 1, end)
    return value.includes('\\') ? undefined : value
  }
  let end = start
  while (isNumeric(line.charCodeAt(end))) end++
  const closed = line.charCodeAt(end) === 44 || line.charCodeAt(end) === 125
  return end > start && closed ? Number(line.slice(start, end)) : undefined
}

// Digits, and the sign and point of a number.
function isNumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 45 || code === 46
}

const QUOTE = 34

// A flat object, as most lines of pino are: strings without escapes and control characters, numbers and literals, and
// nothing between them. Such a line is JSON for certain, and a quotation mark in it begins or ends a string.
const TEXT = String.raw`"[^"\\\0-\x1f]*"`
const NUMBER = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?`
const FIELD = `${TEXT}:(?:${TEXT}|${NUMBER}|true|false|null)`
const FLAT = new RegExp(`^\\{${FIELD}(?:,${FIELD})*\\}$`)

// The expression remembers each character of a long string, up to a limit of its own.
const LONGEST = 1 << 16

/** Whether {@link flatField} can read `line`. */
export function isFlat(line: string): boolean {
  // The expression takes its time to find out what these tell at once.
  if (line.length > LONGEST || line.includes('\\') || line.includes('{', 1)) return false
  return FLAT.test(line)
}

/** What a field starts with, as the first one of a line and as a later one. */
export interface FieldStart {
  readonly first: string
  readonly later: string
}

// What stands between two strings of a flat line has a comma or a colon, and a key with a quotation mark has an escape
// in its line: without them, what looks like the start of a field is one.
const AMBIGUOUS = /[",:]/

const starts = new Map<string, FieldStart>()
const MOST_STARTS = 1000

/** What to look for in a flat line; undefined for a key that can only be found by parsing. */
export function fieldStart(key: string): FieldStart | undefined {
  const known = starts.get(key)
  if (known || AMBIGUOUS.test(key)) return known
  const start = { first: `{"${key}":`, later: `,"${key}":` }
  // Keys are names in a program; if they are data after all, they do not stay.
  if (starts.size < MOST_STARTS) starts.set(key, start)
  return start
}

/** The field of a flat line as JSON.parse would give it: the last one of that name, undefined without one. */
export function flatField(line: string, { first, later }: FieldStart): unknown {
  let at = line.startsWith(first) ? 0 : -1
  for (let next = line.indexOf(later); next !== -1; next = line.indexOf(later, next + 1)) at = next
  return at === -1 ? undefined : fieldAt(line, at + later.length)
}

function fieldAt(line: string, start: number): unknown {
  if (line.charCodeAt(start) === QUOTE) return line.slice(start + 1, line.indexOf('"', start + 1))
  const comma = line.indexOf(',', start)
  return JSON.parse(line.slice(start, comma === -1 ? -1 : comma))
}

const LAST_DATE = 8.64e15

/**
 * Milliseconds since the epoch for what a line says of its time: a number of seconds, milliseconds, microseconds or
 * nanoseconds, told apart by size, or a date as text; undefined when it is none of them.
 */
export function parseTime(value: unknown): number | undefined {
  const time = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
  if (typeof time === 'number') return inRange(time * scaleOf(Math.abs(time)))
  return typeof time === 'string' ? inRange(Date.parse(time)) : undefined
}

// Up to the year 5138, a number below 1e11 can only be seconds; each step of a thousand after that is a finer unit.
function scaleOf(size: number): number {
  if (size < 1e11) return 1000
  if (size < 1e14) return 1
  return size < 1e17 ? 1e-3 : 1e-6
}

function inRange(milliseconds: number): number | undefined {
  return Math.abs(milliseconds) <= LAST_DATE ? milliseconds : undefined
}
