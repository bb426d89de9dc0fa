// An event's type: Windows' numbers and their names, Python's table, and what becomes of levels that neither knows.

import { type Check, isObject, LEVELS, type LogRecord, levelRow, show } from '@pino-handlers/core'

/** The types of events by name, and their numbers. Python: `win32con.EVENTLOG_*_TYPE`. */
export const EVENT_TYPES = {
  success: 0,
  error: 1,
  warning: 2,
  information: 4,
  'audit-success': 8,
  'audit-failure': 16,
} as const

/** An event's type as options take it: its name, or its number. */
export type EventType = keyof typeof EVENT_TYPES | (typeof EVENT_TYPES)[keyof typeof EVENT_TYPES]

/** Types by level: pino's number, or a label. */
export type Typemap = Readonly<Record<string, EventType>>

const PYTHON_TYPES: Readonly<Record<string, number>> = {
  10: EVENT_TYPES.information,
  20: EVENT_TYPES.information,
  30: EVENT_TYPES.warning,
  40: EVENT_TYPES.error,
  50: EVENT_TYPES.error,
}

/**
 * The type for one of Python's level numbers as Python has it: by `typemap`, whose keys are Python's numbers too, and
 * error for all that it does not know. Python: `NTEventLogHandler.getEventType`.
 */
export function getEventType(levelno: number, typemap: Readonly<Record<string, number>> = PYTHON_TYPES): number {
  return own(typemap, String(levelno)) ?? EVENT_TYPES.error
}

/** The check of the `typemap` option. */
export const typemapCheck: Check<Typemap> = {
  expected: `an object of levels and event types, such as { notice: 'warning' }; types are ${Object.keys(EVENT_TYPES)
    .map((name) => `'${name}'`)
    .join(', ')} or their numbers`,
  parse: (value) => (isTypemap(value) ? value : undefined),
}

/** The number of a type by name or number. Throws a RangeError for what is neither. */
export function eventTypeNumber(value: unknown): number {
  const number = typeof value === 'string' ? own<number>(EVENT_TYPES, value) : value
  if (typeof number === 'number' && NUMBERS.has(number)) return number
  throw new RangeError(`${show(value)} is no event type; known are: ${Object.keys(EVENT_TYPES).join(', ')}`)
}

/** The type of a record's level: what `typemap` says of its number or its label, else that of the row of levels that it falls into. */
export function eventTypeOf(record: LogRecord, typemap: Typemap = {}): number {
  const { level, shape } = record
  const row = levelRow(level)
  const label = labelOf(level, shape.customLevels)
  const mapped = own(typemap, String(level)) ?? (label === undefined ? undefined : own(typemap, label))
  return mapped === undefined ? row.eventType : eventTypeNumber(mapped)
}

const NUMBERS: ReadonlySet<unknown> = new Set(Object.values(EVENT_TYPES))

function labelOf(level: number, customLevels: Readonly<Record<string, number>>): string | undefined {
  const label = Object.keys(customLevels).find((each) => customLevels[each] === level)
  return label ?? LEVELS.find(({ pino }) => pino === level)?.label
}

function isTypemap(value: unknown): value is Typemap {
  if (!isObject(value)) return false
  return Object.values(value).every((type) =>
    typeof type === 'string' ? Object.hasOwn(EVENT_TYPES, type) : NUMBERS.has(type),
  )
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
