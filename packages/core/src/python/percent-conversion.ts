// What the conversions of the % operator make of a value: %s, %d, %x, %f and the rest.
import { type FloatShape, formatFloat, magnitude } from './number.js'
import { ascii, repr, str } from './repr.js'
import { asFloat, asInt, Float, length, PythonError, truncate, typeName } from './value.js'

/** Python's `%` operator for one value; width and precision are -1 without one. Undefined for a conversion that there is not. */
export function convertValue(
  value: unknown,
  conversion: string,
  flags: string,
  width: number,
  precision: number,
): string | undefined {
  const text = texters[conversion]?.(value)
  if (text !== undefined) return pad(precision < 0 ? text : truncate(text, precision), flags, width)
  if (conversion === 'c') return pad(character(value), flags, width)
  const digits = numerals(conversion)
  return digits && padNumber(digits(value, conversion, precision, flags.includes('#')), flags, width)
}

const texters: Readonly<Record<string, (value: unknown) => string>> = { s: str, r: repr, a: ascii }

function character(value: unknown): string {
  if (typeof value === 'string' && length(value) === 1) return value
  const code = asInt(value)
  if (code === undefined) throw new PythonError('TypeError', '%c requires int or char')
  if (code < 0 || code > 0x10ffff) throw new PythonError('OverflowError', '%c arg not in range(0x110000)')
  return String.fromCodePoint(Number(code))
}

type Numeral = (value: unknown, conversion: string, precision: number, alternate: boolean) => string

function numerals(conversion: string): Numeral | undefined {
  if ('diuoxX'.includes(conversion)) return integer
  return 'eEfFgG'.includes(conversion) ? float : undefined
}

const bases: Readonly<Record<string, number>> = { o: 8, x: 16, X: 16 }

function integer(value: unknown, conversion: string, precision: number, alternate: boolean): string {
  const base = bases[conversion] ?? 10
  const int = asInt(value) ?? (base === 10 ? wholePart(value) : undefined)
  if (int === undefined) {
    const wanted = base === 10 ? 'a real number' : 'an integer'
    throw new PythonError('TypeError', `%${conversion} format: ${wanted} is required, not ${typeName(value)}`)
  }
  const prefix = alternate && base !== 10 ? `0${conversion}` : ''
  const digits = magnitude(int).toString(base).padStart(precision, '0')
  return (int < 0 ? '-' : '') + prefix + (conversion === 'X' ? digits.toUpperCase() : digits)
}

function wholePart(value: unknown): bigint | undefined {
  const number = value instanceof Float ? value.value : value
  if (typeof number !== 'number') return undefined
  if (Number.isNaN(number)) throw new PythonError('ValueError', 'cannot convert float NaN to integer')
  if (!Number.isFinite(number)) throw new PythonError('OverflowError', 'cannot convert float infinity to integer')
  return BigInt(Math.trunc(number))
}

const shapes: Readonly<Record<string, FloatShape>> = { e: 'e', E: 'e', f: 'f', F: 'f', g: 'g', G: 'g' }

function float(value: unknown, conversion: string, precision: number, alternate: boolean): string {
  const number = asFloat(value)
  if (number === undefined) throw new PythonError('TypeError', `must be real number, not ${typeName(value)}`)
  const text = formatFloat(number, shapes[conversion] ?? 'g', precision < 0 ? 6 : precision, alternate)
  return conversion < 'a' ? text.toUpperCase() : text
}

function pad(text: string, flags: string, width: number): string {
  const fill = ' '.repeat(Math.max(0, width < 0 ? 0 : width - length(text)))
  return flags.includes('-') ? text + fill : fill + text
}

function padNumber(text: string, flags: string, width: number): string {
  const plus = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const signed = text.startsWith('-') ? text : plus + text
  if (!flags.includes('0') || flags.includes('-')) return pad(signed, flags, width)
  const head = /^[-+ ]?(?:0[xXo])?/.exec(signed)?.[0] ?? ''
  return head + signed.slice(head.length).padStart(width - head.length, '0')
}
