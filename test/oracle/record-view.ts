// The records of the vectors, as a Formatter looks at them.
import type { RecordView } from '@pino-handlers/core/formatter'
import { Float, getMessage } from '@pino-handlers/core/python'
import { BASE } from './vectors.js'

/** The record that every case is about, with decoded attributes over it. */
export function recordOf(attrs: Readonly<Record<string, unknown>>): RecordView {
  const attributes = new Map(Object.entries({ ...BASE, ...attrs }))
  return {
    message: getMessage(attributes.get('msg'), attributes.get('args')),
    created: numberOf(attributes.get('created')),
    msecs: numberOf(attributes.get('msecs')),
    exc_text: textOf(attributes.get('exc_text')),
    stack_info: textOf(attributes.get('stack_info')),
    get: (name) => attributes.get(name),
  }
}

/** A number of Python's, whether it is a float there or not. */
export function numberOf(value: unknown): number {
  return value instanceof Float ? value.value : Number(value)
}

/** A text, or None. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
