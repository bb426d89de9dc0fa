// str(), repr() and ascii(): how Python writes its values as text.
import { Float, Tuple, typeName } from './value.js'

/** Python's `str(value)`. */
export function str(value: unknown): string {
  return typeof value === 'string' ? value : repr(value)
}

/** Python's `repr(value)`. */
export function repr(value: unknown): string {
  switch (typeName(value)) {
    case 'str':
      return quote(String(value))
    case 'NoneType':
      return 'None'
    case 'bool':
      return value ? 'True' : 'False'
    case 'int':
      return typeof value === 'number' && Math.abs(value) >= 1e21 ? String(BigInt(value)) : String(value)
    case 'float':
      return floatRepr(value instanceof Float ? value.value : Number(value))
    default:
      return reprContainer(value)
  }
}

function reprContainer(value: unknown): string {
  if (value instanceof Uint8Array) return `b${quote(Buffer.from(value).toString('latin1'), specialBytes)}`
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  if (value instanceof Tuple) return `(${value.items.map(repr).join(', ')}${value.items.length === 1 ? ',' : ''})`
  if (typeName(value) !== 'dict') return String(value)
  const entries = value instanceof Map ? [...value] : Object.entries(Object(value))
  return `{${entries.map(([key, item]) => `${repr(key)}: ${repr(item)}`).join(', ')}}`
}

/** Python's `ascii(value)`. */
export function ascii(value: unknown): string {
  return repr(value).replace(/[^\0-\x7f]/gu, escapeChar)
}

/** Python's `repr` of a float: the shortest digits that read back as the same number. */
export function floatRepr(value: number, alternate = false): string {
  if (Number.isNaN(value)) return 'nan'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (!Number.isFinite(value)) return `${sign}inf`
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = '', exponent = ''] = size.toExponential().split('e')
    const point = alternate && !digits.includes('.') ? '.' : ''
    return `${sign}${digits}${point}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`
  }
  return `${sign}${size}${Number.isInteger(size) ? '.0' : ''}`
}

// Python leaves as they are: letters, marks, numbers, punctuation, symbols and the plain space.
const special = /[\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu
const specialBytes = /[\\\0-\x1f\x7f-\xff]/g

function quote(text: string, escaped = special): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const body = text.replace(escaped, escapeChar)
  return mark + (mark === "'" ? body.replaceAll("'", "\\'") : body) + mark
}

const named: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeChar(char: string): string {
  const code = char.codePointAt(0) ?? 0
  const hex = code.toString(16)
  if (code <= 0xff) return named[char] ?? `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
