// Functions of a user that look at every record.

import type { LogRecord } from '@pino-handlers/core'

export function readsLevelAndTime(record: LogRecord): boolean {
  return record.level >= 10 && record.time > 0
}

export function showsLevelAndTime(record: LogRecord): string {
  return record.level >= 10 && record.time > 0 ? record.line : ''
}
