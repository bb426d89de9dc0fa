// Which records tell of the same thing.

import type { LogRecord } from '@pino-handlers/core'

// What differs between two occurrences of one error: identifiers, addresses, numbers, quoted values.
const VARYING: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/gi, '<id>'],
  [/"[^"]*"|'[^']*'|`[^`]*`/g, '<text>'],
  [/\b0x[\da-f]+\b|\b(?=[a-f]*\d)[\da-f]{8,}\b/gi, '<hex>'],
  [/\d+(?:[.,:]\d+)*/g, '<n>'],
]

const MAX_MESSAGE = 1000

// Within a line: blank ones, of which a message may have any number, are not looked through again from each of them.
const FRAME = /^[\t ]+at .*$/m

/** A text that records of the same thing have in common: logger, level, error type, message without its values, top frame. */
export function fingerprintOf(record: LogRecord): string {
  const { type, message, frame } = errorFacts(record.exc_info)
  const said = normalized(record.msg || message)
  return [record.name, record.level, type, said, frame].join('\0')
}

function normalized(message: string): string {
  return VARYING.reduce((text, [pattern, instead]) => text.replaceAll(pattern, instead), message.slice(0, MAX_MESSAGE))
}

interface ErrorFacts {
  readonly type: string
  readonly message: string
  readonly frame: string
}

function errorFacts(error: unknown): ErrorFacts {
  if (typeof error !== 'object' || error === null) return { type: '', message: '', frame: '' }
  const { type, message, stack }: { type?: unknown; message?: unknown; stack?: unknown } = error
  const frame = typeof stack === 'string' ? FRAME.exec(stack)?.[0].trim() : undefined
  return { type: text(type), message: text(message), frame: frame ?? '' }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
