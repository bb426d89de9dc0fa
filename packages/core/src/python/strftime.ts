// strftime in the C locale, with what glibc adds to it: the flags - _ 0 ^ #, widths, and directives such as %e and %s.
import { type TimeTuple, timeTuple } from './time-tuple.js'

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

const short = (name: string | undefined): string => (name ?? '').slice(0, 3)
const hour12 = (t: TimeTuple): number => t.hour % 12 || 12
const half = (t: TimeTuple): string => (t.hour < 12 ? 'AM' : 'PM')
const modulo = (a: number, b: number): number => ((a % b) + b) % b
// The week of the year, for weeks that begin `first` days after Sunday.
const week = (t: TimeTuple, first: number): number => Math.floor((t.yearDay - modulo(t.weekday - first, 7) + 7) / 7)

// ISO 8601: a week belongs to the year that its Thursday is in.
function isoWeek(t: TimeTuple): { year: number; week: number } {
  const thursday = new Date(0)
  thursday.setUTCFullYear(t.year, 0, 1 + t.yearDay - modulo(t.weekday - 1, 7) + 3)
  const year = thursday.getUTCFullYear()
  return { year, week: 1 + Math.floor((thursday.getTime() - new Date(0).setUTCFullYear(year, 0, 1)) / 604_800_000) }
}

/** Digits (how many at least, and what fills them up), text, or another format. */
type Directive =
  | { digits: number; value: (t: TimeTuple) => number; space?: true }
  | { text: (t: TimeTuple) => string }
  | { format: string }

const directives: Readonly<Record<string, Directive>> = {
  a: { text: (t) => short(days[t.weekday]) },
  A: { text: (t) => days[t.weekday] ?? '' },
  b: { text: (t) => short(months[t.month - 1]) },
  B: { text: (t) => months[t.month - 1] ?? '' },
  c: { format: '%a %b %e %H:%M:%S %Y' },
  C: { digits: 1, value: (t) => Math.floor(t.year / 100) },
  d: { digits: 2, value: (t) => t.day },
  D: { format: '%m/%d/%y' },
  e: { digits: 2, value: (t) => t.day, space: true },
  F: { format: '%Y-%m-%d' },
  g: { digits: 2, value: (t) => modulo(isoWeek(t).year, 100) },
  G: { digits: 1, value: (t) => isoWeek(t).year },
  h: { text: (t) => short(months[t.month - 1]) },
  H: { digits: 2, value: (t) => t.hour },
  I: { digits: 2, value: hour12 },
  j: { digits: 3, value: (t) => t.yearDay + 1 },
  k: { digits: 2, value: (t) => t.hour, space: true },
  l: { digits: 2, value: hour12, space: true },
  m: { digits: 2, value: (t) => t.month },
  M: { digits: 2, value: (t) => t.minute },
  n: { text: () => '\n' },
  p: { text: half },
  P: { text: half },
  r: { format: '%I:%M:%S %p' },
  R: { format: '%H:%M' },
  s: { text: (t) => String(t.epoch) },
  S: { digits: 2, value: (t) => t.second },
  t: { text: () => '\t' },
  T: { format: '%H:%M:%S' },
  u: { digits: 1, value: (t) => t.weekday || 7 },
  U: { digits: 2, value: (t) => week(t, 0) },
  V: { digits: 2, value: (t) => isoWeek(t).week },
  w: { digits: 1, value: (t) => t.weekday },
  W: { digits: 2, value: (t) => week(t, 1) },
  x: { format: '%m/%d/%y' },
  X: { format: '%H:%M:%S' },
  y: { digits: 2, value: (t) => modulo(t.year, 100) },
  Y: { digits: 1, value: (t) => t.year },
  z: { digits: 4, value: (t) => hoursAndMinutes(Math.abs(t.offset)) },
  Z: { text: (t) => t.zone() },
  '%': { text: () => '%' },
}

// The modifiers are for other locales' calendars and digits: without effect in C, and refused where C has no use for them.
const refused: Readonly<Record<string, string>> = { E: 'aAbBdDeFgGhHIjklmMSUVwW', O: 'aAcDFxXY' }

const pattern = /%([-_0^#]*)(\d*)([EO]?)(?:(.)|$)/gsu

interface Parsed {
  source: string
  flags: string
  width: number
  char: string
  directive: Directive | undefined
}

function parseDirective(match: readonly (string | undefined)[]): Parsed {
  const [source = '', flags = '', width = '', modifier = '', char = ''] = match
  const known = !refused[modifier]?.includes(char)
  return {
    source,
    flags,
    width: Math.min(Number(width), widest),
    char,
    directive: known && Object.hasOwn(directives, char) ? directives[char] : undefined,
  }
}

/** The first directive that `strftime` would leave in the text as it stands, such as `%f`, or a `%` at the end. */
export function unknownDirective(format: string): string | undefined {
  return Array.from(format.matchAll(pattern), parseDirective).find(({ directive }) => !directive)?.source
}

/** Python's `time.strftime(format, ...)`, parsed once. */
export function compileStrftime(format: string): (time: TimeTuple) => string {
  const parts: ((time: TimeTuple) => string)[] = []
  let end = 0
  for (const match of format.matchAll(pattern)) {
    const literal = format.slice(end, match.index)
    if (literal) parts.push(() => literal)
    parts.push(compileDirective(parseDirective(match)))
    end = match.index + match[0].length
  }
  const tail = format.slice(end)
  const limit = longest(format.length)
  return (time) => {
    const text = parts.reduce((text, part) => text + part(time), '') + tail
    return text.length < limit ? text : ''
  }
}

// Python gives up, and returns nothing, when the text outgrows a buffer that has this many bytes.
function longest(formatLength: number): number {
  let size = 1024
  while (size < 256 * formatLength) size *= 2
  return size
}

const widest = 1_000_000

function compileDirective({ source, flags, width, char, directive }: Parsed): (time: TimeTuple) => string {
  const fill = flags.match(/[-_0](?=[^-_0]*$)/)?.[0]
  const pad = (text: string): string => text.padStart(width, fill === '0' ? '0' : ' ')
  const recase = caseOf(flags, directive || 'bh'.includes(char || '%') ? char : '%')
  if (!directive) return () => pad(recase(source))
  if ('text' in directive) return (time) => pad(recase(directive.text(time)))
  if ('format' in directive) {
    const inner = compileStrftime(directive.format)
    return (time) => pad(recase(inner(time)))
  }
  const { digits, value } = directive
  const blank = fill === '_' || (directive.space && fill !== '0')
  const number = (time: TimeTuple): string => {
    const n = value(time)
    const figures = String(Math.abs(n))
    const sign = n < 0 ? '-' : ''
    if (fill === '-') return (sign + figures).padStart(width, ' ')
    const size = Math.max(digits, width)
    return blank ? (sign + figures).padStart(size, ' ') : sign + figures.padStart(size - sign.length, '0')
  }
  // glibc writes the sign of %z on its own, filled up by itself.
  return char === 'z' ? (time) => pad(time.offset < 0 ? '-' : '+') + number(time) : number
}

function caseOf(flags: string, char: string): (text: string) => string {
  const swap = flags.includes('#')
  if (char === 'P' || (swap && 'pZ'.includes(char))) return (text) => text.toLowerCase()
  const upper = flags.includes('^') || (swap && 'aAbBh'.includes(char))
  return upper ? (text) => text.toUpperCase() : (text) => text
}

function hoursAndMinutes(seconds: number): number {
  const minutes = Math.floor(seconds / 60)
  return Math.floor(minutes / 60) * 100 + (minutes % 60)
}

/** Python's `time.strftime(format, time.localtime(seconds))`, or `time.gmtime` with `utc`. */
export function strftime(format: string, seconds: number, utc = false): string {
  return compileStrftime(format)(timeTuple(seconds, utc))
}
