// Level and time at the start of a line, where pino writes them, read without parsing the line.

const LEVEL = '{"level":'
const TIME = ',"time":'
const USUAL_TIME = /^\{"level":\d\d,"time":\d{13}[,}]/

/** The level that `line` starts with, a number or a label; undefined when the line does not start as pino's do. */
export function prefixLevel(line: string): number | string | undefined {
  return line.startsWith(LEVEL) ? valueAt(line, LEVEL.length) : undefined
}

/** The time that follows the level at the start of `line`; undefined when the line does not start as pino's do. */
export function prefixTime(line: string): number | string | undefined {
  if (!line.startsWith(LEVEL)) return undefined
  const usual = USUAL_TIME.test(line) ? Number(line.slice(19, 32)) : undefined
  if (usual) return usual
  const at = line.indexOf(',', LEVEL.length)
  return at !== -1 && line.startsWith(TIME, at) ? valueAt(line, at + TIME.length) : undefined
}

// A JSON number, or a string without escapes, that ends the object or is followed by the next key.
function valueAt(line: string, start: number): number | string | undefined {
  if (line.charCodeAt(start) === 34) {
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
