// LogRecord.getMessage(): the message with its arguments merged in.
import { compilePercent } from './percent-format.js'
import { str } from './repr.js'
import { Tuple, typeName } from './value.js'

/** Python's `LogRecord(..., msg, args).getMessage()`: `%` is applied only when there are arguments. */
export function getMessage(msg: unknown, args: unknown): string {
  const merged = soleMapping(args) ?? args
  return isEmpty(merged) ? str(msg) : compilePercent(str(msg)).format(merged)
}

// One mapping as the only argument is what %(name)s reads from, unless it is empty.
function soleMapping(args: unknown): unknown {
  const items = args instanceof Tuple ? args.items : Array.isArray(args) ? args : []
  const only: unknown = items[0]
  return items.length === 1 && typeName(only) === 'dict' && !isEmpty(only) ? only : undefined
}

function isEmpty(value: unknown): boolean {
  if (value instanceof Tuple) return value.items.length === 0
  if (value instanceof Map) return value.size === 0
  return (
    !value ||
    (typeof value === 'object' && /^(?:dict|list|bytes)$/.test(typeName(value)) && Object.keys(value).length === 0)
  )
}
