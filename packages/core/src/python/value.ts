// The values of Python as JavaScript has them, and the errors that Python would raise over them.
//
// null, undefined = None · boolean = bool · integral number, bigint = int · other number, Float = float · string = str ·
// Uint8Array = bytes · Array = list · Tuple = tuple · plain object, Map = dict

/** A number that is a `float` in Python even when it is integral, such as `record.created`. */
export class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** Python's `tuple`, which formats and pickles otherwise than a `list`. */
export class Tuple {
  readonly items: readonly unknown[]
  constructor(items: readonly unknown[]) {
    this.items = items
  }
}

/** An exception of Python: `name` is its type (`ValueError`, `KeyError`, ...) and `message` is CPython's `str(e)`. */
export class PythonError extends Error {
  constructor(name: string, message: string) {
    super(message)
    this.name = name
  }
}

/** What a format string is filled from, as `record.__dict__` is in Python: undefined where there is no such name. */
export interface Fields {
  get(name: string): unknown
}

/** Python's `type(value).__name__`. */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'str'
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float'
    case 'object':
      return value === null ? 'NoneType' : objectType(value)
    case 'undefined':
      return 'NoneType'
    default:
      return typeof value
  }
}

function objectType(value: object): string {
  if (value instanceof Float) return 'float'
  if (Array.isArray(value)) return 'list'
  if (value instanceof Tuple) return 'tuple'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Map) return 'dict'
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? 'dict' : value.constructor.name
}

/** Python's `operator.index(value)`, undefined for what is no `int` (a `bool` is one). */
export function asInt(value: unknown): number | bigint | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value)) ? value : undefined
}

/** Python's `float(value)` for numbers, undefined for everything else. */
export function asFloat(value: unknown): number | undefined {
  if (value instanceof Float) return value.value
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'bigint') return undefined
  const float = Number(value)
  if (!Number.isFinite(float)) throw new PythonError('OverflowError', 'int too large to convert to float')
  return float
}

/** Python's `len(text)`: code points, where JavaScript counts UTF-16 units. */
export function length(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) count--
  }
  return count
}

/** Python's `text[:count]`, by code points. */
export function truncate(text: string, count: number): string {
  return length(text) <= count ? text : Array.from(text).slice(0, count).join('')
}
