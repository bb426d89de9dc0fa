// value[key] and value.name, as format strings reach into their fields.
import { repr } from './repr.js'
import { asInt, Float, PythonError, Tuple, typeName } from './value.js'

/** Python's `value[key]`, with CPython's errors. */
export function getItem(value: unknown, key: string | number): unknown {
  const type = typeName(value)
  if (type === 'dict') {
    const found = value instanceof Map ? value.get(key) : property(value, key)
    if (found === undefined) throw new PythonError('KeyError', repr(key))
    return found
  }
  const items = sequence(value)
  if (!items) throw new PythonError('TypeError', `'${type}' object is not subscriptable`)
  if (typeof key === 'string') throw new PythonError('TypeError', wrongIndex(type))
  if (key >= items.length)
    throw new PythonError(
      'IndexError',
      `${type === 'bytes' ? '' : `${type === 'str' ? 'string' : type} `}index out of range`,
    )
  return items[key]
}

// The keys of a dict that came from an object are strings: Python's d[0] is not its d['0'].
function property(value: unknown, key: string | number): unknown {
  return typeof key === 'string' && Object.hasOwn(Object(value), key) ? Object(value)[key] : undefined
}

function sequence(value: unknown): ArrayLike<unknown> | undefined {
  if (typeof value === 'string') return Array.from(value)
  if (value instanceof Tuple) return value.items
  return Array.isArray(value) || value instanceof Uint8Array ? value : undefined
}

function wrongIndex(type: string): string {
  if (type === 'str') return "string indices must be integers, not 'str'"
  return `${type === 'bytes' ? 'byte' : type} indices must be integers or slices, not str`
}

/** Python's `getattr(value, name)`: numbers have `real` and `imag`, the rest of our values have no data attributes. */
export function getAttribute(value: unknown, name: string): unknown {
  const int = asInt(value)
  const type = typeName(value)
  if (name === 'real' && (int !== undefined || type === 'float')) return int ?? value
  if (name === 'imag' && (int !== undefined || type === 'float')) return int === undefined ? new Float(0) : 0
  if (name === 'numerator' && int !== undefined) return int
  if (name === 'denominator' && int !== undefined) return 1
  throw new PythonError('AttributeError', `'${type}' object has no attribute '${name}'`)
}
