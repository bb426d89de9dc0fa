// When a buffer is flushed: Python's rules, and those of the application.

import type { LogRecord } from '@pino-handlers/core'

/** Decides whether a record flushes its buffer, which holds `buffered` records with it. */
export type ShouldFlush = (record: LogRecord, buffered: number) => boolean

/** Whether `buffered` records, the last one included, fill a buffer; with a capacity below 1 each one does. Python: `BufferingHandler.shouldFlush`. */
export function isFull(buffered: number, capacity: number): boolean {
  return buffered >= capacity
}

/** Whether a record of `level` flushes a buffer, which holds `buffered` records with it. Python: `MemoryHandler.shouldFlush`. */
export function shouldFlush(buffered: number, capacity: number, level: number, flushLevel: number): boolean {
  return isFull(buffered, capacity) || level >= flushLevel
}
