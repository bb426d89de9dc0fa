// The format specification mini-language: what stands behind the colon of {name:>10}.
import { type FloatShape, formatFloat, group, magnitude } from './number.js'
import { floatRepr, str } from './repr.js'
import { asFloat, asInt, length, PythonError, truncate, typeName } from './value.js'

/** A parsed format specification. */
export interface FormatSpec {
  readonly text: string
  readonly fill: string | undefined
  readonly align: string | undefined
  readonly sign: string
  readonly noNegativeZero: boolean
  readonly alternate: boolean
  readonly zero: boolean
  readonly width: number
  readonly separator: string
  readonly precision: number | undefined
  readonly type: string
  /** What is wrong with it, raised by the first value that reads it. */
  readonly error: string | undefined
}

// A fill character makes a 0 behind it part of the width.
const filled = /^(.)([<>=^])([-+ ]?)(z?)(#?)()(\d*)(,?)(?:(_)(,?))?(?:(\.)(\d*))?(.*)$/su
const plain = /^()([<>=^]?)([-+ ]?)(z?)(#?)(0?)(\d*)(,?)(?:(_)(,?))?(?:(\.)(\d*))?(.*)$/su

/** Parses Python's format specification; what is wrong with it is raised when it meets a value, as in Python. */
export function parseSpec(text: string): FormatSpec {
  const match = filled.exec(text) ?? plain.exec(text) ?? []
  const [, fill, align, sign = '', z, hash, zero, width = '', comma, underscore, again, dot, digits = '', type = ''] =
    match
  const separators = [comma, underscore, again].join('')
  return {
    text,
    fill: fill || undefined,
    align: align || undefined,
    sign,
    noNegativeZero: z === 'z',
    alternate: hash === '#',
    zero: zero === '0',
    width: Number(width || -1),
    separator: separators,
    precision: digits === '' ? undefined : Number(digits),
    type,
    error: problem([width, digits], separators, dot === '.' && digits === '', type),
  }
}

function problem(numbers: string[], separators: string, noPrecision: boolean, type: string): string | undefined {
  if (numbers.some((number) => Number(number) > 2 ** 63 - 1)) return 'Too many decimal digits in format string'
  if (separators.length > 1) return "Cannot specify both ',' and '_'."
  if (noPrecision) return 'Format specifier missing precision'
  return length(type) > 1 ? 'Invalid format specifier' : undefined
}

/** Python's `format(value, spec)`. */
export function formatValue(value: unknown, spec: FormatSpec): string {
  if (spec.text === '') return str(value)
  const type = typeName(value)
  if (typeof value === 'string') return formatText(value, checked(spec, 's', type))
  const int = asInt(value)
  if (int !== undefined) return formatInt(int, spec, type)
  const float = asFloat(value)
  if (float !== undefined) return formatReal(float, checked(spec, '', type), type)
  throw new PythonError('TypeError', `unsupported format string passed to ${type}.__format__`)
}

function checked(spec: FormatSpec, defaultType: string, valueType: string): FormatSpec {
  if (spec.error === 'Invalid format specifier')
    throw bad(`${spec.error} '${spec.text}' for object of type '${valueType}'`)
  if (spec.error) throw bad(spec.error)
  const type = spec.type || defaultType
  const allowed = spec.separator === '_' ? 'defgEG%FboxX' : 'defgEG%F'
  if (spec.separator && !allowed.includes(type)) throw bad(`Cannot specify '${spec.separator}' with ${shown(type)}.`)
  return { ...spec, type }
}

function bad(message: string): PythonError {
  return new PythonError('ValueError', message)
}

function shown(type: string): string {
  const code = type.codePointAt(0) ?? 0
  return code > 32 && code < 128 ? `'${type}'` : `'\\x${code.toString(16)}'`
}

function unknownType(spec: FormatSpec, valueType: string): PythonError {
  return bad(`Unknown format code ${shown(spec.type)} for object of type '${valueType}'`)
}

function formatText(text: string, spec: FormatSpec): string {
  if (spec.type !== 's') throw unknownType(spec, 'str')
  const where = 'allowed in string format specifier'
  if (spec.sign) throw bad(`${spec.sign === ' ' ? 'Space' : 'Sign'} not ${where}`)
  if (spec.noNegativeZero) throw bad(`Negative zero coercion (z) not ${where}`)
  if (spec.alternate) throw bad(`Alternate form (#) not ${where}`)
  if (spec.align === '=') throw bad(`'=' alignment not ${where}`)
  return justify('', truncate(text, spec.precision ?? Number.POSITIVE_INFINITY), spec, '<')
}

const prefixes: Readonly<Record<string, readonly [base: number, prefix: string]>> = {
  b: [2, '0b'],
  o: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
}

function formatInt(int: number | bigint, rawSpec: FormatSpec, valueType: string): string {
  const spec = checked(rawSpec, 'd', valueType)
  if (spec.type !== '' && 'eEfFgG%'.includes(spec.type)) return formatReal(asFloat(int) ?? 0, spec, valueType)
  if (!'bcdoxXn'.includes(spec.type)) throw unknownType(spec, valueType)
  if (spec.precision !== undefined) throw bad('Precision not allowed in integer format specifier')
  if (spec.noNegativeZero) throw bad('Negative zero coercion (z) not allowed in integer format specifier')
  if (spec.type === 'c') return character(int, spec)
  const [base, prefix] = prefixes[spec.type] ?? [10, '']
  const digits = magnitude(int).toString(base)
  return number(
    int < 0 ? '-' : '',
    spec.alternate ? prefix : '',
    spec.type === 'X' ? digits.toUpperCase() : digits,
    '',
    spec,
    base === 10 ? 3 : 4,
  )
}

function character(int: number | bigint, spec: FormatSpec): string {
  if (spec.sign) throw bad("Sign not allowed with integer format specifier 'c'")
  if (spec.alternate) throw bad("Alternate form (#) not allowed with integer format specifier 'c'")
  if (int >= 2 ** 63 || int < -(2 ** 63))
    throw new PythonError('OverflowError', 'Python int too large to convert to C long')
  if (int < 0 || int > 0x10ffff) throw new PythonError('OverflowError', '%c arg not in range(0x110000)')
  return justify('', String.fromCodePoint(Number(int)), spec, '>')
}

const shapes: Readonly<Record<string, FloatShape>> = {
  '': 'g',
  e: 'e',
  E: 'e',
  f: 'f',
  F: 'f',
  '%': 'f',
  g: 'g',
  G: 'g',
  n: 'g',
}

function formatReal(float: number, spec: FormatSpec, valueType: string): string {
  const shape = shapes[spec.type]
  if (!shape) throw unknownType(spec, valueType)
  if (spec.precision !== undefined && spec.precision > 2 ** 31 - 1) throw bad('precision too big')
  const value = spec.type === '%' ? float * 100 : float
  const text =
    spec.type === '' && spec.precision === undefined
      ? floatRepr(value, spec.alternate)
      : formatFloat(value, shape, spec.precision ?? 6, spec.alternate, spec.type === '')
  const cased = (/[EFG]/.test(spec.type) ? text.toUpperCase() : text) + (spec.type === '%' ? '%' : '')
  const [, minus = '', digits = '', rest = ''] = /^(-?)(\d*)(.*)$/.exec(cased) ?? []
  const zero = spec.noNegativeZero && !/[1-9]/.test(text.split(/e/i)[0] ?? '') && Number.isFinite(value)
  return number(zero ? '' : minus, '', digits, rest, spec, 3)
}

// Sign, prefix and digits, with separators and with fill where `align` wants it.
function number(minus: string, prefix: string, digits: string, rest: string, spec: FormatSpec, every: number): string {
  const head = (minus || spec.sign.replace('-', '')) + prefix
  if (!spec.separator || !digits) return justify(head, digits + rest, spec, '>')
  const padded = (spec.align ?? (spec.zero ? '=' : '>')) === '=' && (spec.fill ?? (spec.zero ? '0' : ' ')) === '0'
  const grouped = group(digits, spec.separator, every, padded ? spec.width - head.length - rest.length : 0)
  return justify(head, grouped + rest, spec, '>')
}

function justify(head: string, body: string, spec: FormatSpec, defaultAlign: string): string {
  const missing = Math.max(0, spec.width - length(head) - length(body))
  const fill = spec.fill ?? (spec.zero ? '0' : ' ')
  const align = spec.align ?? (spec.zero && defaultAlign === '>' ? '=' : defaultAlign)
  const left = align === '<' ? 0 : align === '^' ? Math.floor(missing / 2) : missing
  if (align === '=') return head + fill.repeat(missing) + body
  return fill.repeat(left) + head + body + fill.repeat(missing - left)
}
