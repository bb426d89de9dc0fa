// A record as an event: its type, its category, its id and its contents.

import { type LogRecord, show } from '@pino-handlers/core'
import { type Contents, fitContents, MAX_DATA } from './event-text.js'
import { type EventType, eventTypeNumber, eventTypeOf, type Typemap } from './event-type.js'

/** An event as ReportEventW takes it. */
export interface NtEvent extends Contents {
  readonly type: number
  readonly category: number
  readonly id: number
}

/** Where the parts of events come from. */
export interface EventSettings {
  /** Default: the table of levels. */
  readonly typemap?: Typemap | undefined
  /** Default: `typemap` and the table of levels. */
  readonly getEventType?: ((record: LogRecord) => EventType) | undefined
  /** Default: 0. */
  readonly getEventCategory?: ((record: LogRecord) => number) | undefined
  /** Default: 1. */
  readonly getMessageID?: ((record: LogRecord) => number) | undefined
  /** Default: the formatted message. */
  readonly strings?: ((record: LogRecord, text: string) => readonly string[]) | undefined
  /** Default: none. */
  readonly data?: ((record: LogRecord) => Uint8Array | string | null | undefined) | undefined
}

/** The largest id and the largest category: both are words of 16 bits in what a message file holds. */
export const MAX_WORD = 65_535

/** Makes one part of an event of a record and its text. */
type Part<T> = (record: LogRecord, text: string) => T

/**
 * Makes the function from a record and its text to an event. A function of the user that throws, or returns what is no
 * type, no number from 0 to 65535, no list or no bytes, is told to `failed`, and the default stands in its place: a wrong
 * function must not cost an event. Python: `NTEventLogHandler.emit`.
 */
export function eventMaker(settings: EventSettings, failed: (error: unknown) => void): Part<NtEvent> {
  function part<T>(given: Part<unknown> | undefined, read: (value: unknown) => T, otherwise: Part<T>): Part<T> {
    if (!given) return otherwise
    return (record, text) => {
      try {
        return read(given(record, text))
      } catch (error) {
        failed(error)
        return otherwise(record, text)
      }
    }
  }

  function within(data: Uint8Array | undefined): Uint8Array | undefined {
    if (!data || data.length <= MAX_DATA) return data
    failed(new RangeError(`data has ${data.length} bytes, of which an event takes ${MAX_DATA}: the rest is cut`))
    return data.subarray(0, MAX_DATA)
  }

  const typeOf = part(settings.getEventType, eventTypeNumber, (record) => eventTypeOf(record, settings.typemap))
  const categoryOf = part(settings.getEventCategory, wordOf('getEventCategory'), () => DEFAULT_CATEGORY)
  const idOf = part(settings.getMessageID, wordOf('getMessageID'), () => DEFAULT_ID)
  const stringsOf = part(settings.strings, listOf, (_, text) => [text])
  const dataOf = part(settings.data, bytesOf, () => undefined)

  return (record, text) => ({
    type: typeOf(record, text),
    category: categoryOf(record, text),
    id: idOf(record, text),
    ...fitContents(stringsOf(record, text), within(dataOf(record, text))),
  })
}

// Python's.
const DEFAULT_CATEGORY = 0
const DEFAULT_ID = 1

// A larger one would wrap around in the call, without a word.
function wordOf(option: string): (value: unknown) => number {
  return (value) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_WORD) return value
    throw new RangeError(`${option} must return a whole number from 0 to ${MAX_WORD}, got ${show(value)}`)
  }
}

function listOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String)
  throw new TypeError(`strings must return a list of strings, got ${show(value)}`)
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return Buffer.from(value)
  if (value instanceof Uint8Array) return value
  throw new TypeError(`data must return bytes, a string or nothing, got ${show(value)}`)
}
