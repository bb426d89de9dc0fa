// What a user's function makes of a record.

import { isObject, type LogRecord } from '@pino-handlers/core'
import { kindOf } from './kind-of.js'
import type { MapLogRecord } from './python-form.js'

/** The fields that are sent for a record. Throws a TypeError when the function has returned something else than an object of fields. */
export function mappedFields(map: MapLogRecord, record: LogRecord): Readonly<Record<string, unknown>> {
  const fields: unknown = map(record)
  if (isObject(fields) && !(fields instanceof Promise)) return fields
  throw new TypeError(`mapLogRecord has to return an object of fields, and has returned ${kindOf(fields)}`)
}
