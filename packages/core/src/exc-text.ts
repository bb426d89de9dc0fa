// The text of an error as pino serialized it: what Python prints below the message.

import { isObject } from './is-object.js'
import { jsonText } from './json-text.js'

// A cause of a cause of a cause is told; a chain that never ends is not.
const MAX_DEPTH = 16

/** The text of pino's `err`: stack (or type and message), then causes and the errors of an AggregateError. Python: `Formatter.formatException`. */
export function excText(err: unknown): string | null {
  if (typeof err === 'string') return err === '' ? null : err
  if (!isObject(err)) return null
  const text = describe(err, 0)
  return text === '' ? null : text
}

function describe(err: Readonly<Record<string, unknown>>, depth: number): string {
  const parts = [headOf(err)]
  if (depth < MAX_DEPTH) {
    // pino's standard serializer has the causes in the stack already.
    if (isObject(err.cause) && !parts[0]?.includes('caused by: ')) {
      parts.push(`caused by: ${describe(err.cause, depth + 1)}`)
    }
    const errors = Array.isArray(err.aggregateErrors) ? err.aggregateErrors.filter(isObject) : []
    for (const [index, each] of errors.entries()) {
      parts.push(`error ${index + 1} of ${errors.length}: ${describe(each, depth + 1)}`)
    }
  }
  return parts.filter((part) => part !== '').join('\n')
}

function headOf(err: Readonly<Record<string, unknown>>): string {
  const stack = err.stack
  if (typeof stack === 'string' && stack !== '') return stack.replace(/\n+$/, '')
  const type = stringOf(err.type) || stringOf(err.name)
  const message = stringOf(err.message)
  return type !== '' && message !== '' ? `${type}: ${message}` : type || message || jsonText(err)
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
