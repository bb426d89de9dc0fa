// When a line says that it was written.

import { parseTime, prefixTime } from './prefix.js'
import { LogRecord, PINO_SHAPE, type RecordShape } from './record.js'

/** The time of a line in milliseconds since the epoch; undefined when it says none. pino's own lines are not parsed for it. */
export function lineTime(line: string, shape: RecordShape = PINO_SHAPE): number | undefined {
  const prefix = shape.timeKey === 'time' ? parseTime(prefixTime(line)) : undefined
  return prefix ?? (line.startsWith('{') ? parseTime(new LogRecord(line, shape).get(shape.timeKey)) : undefined)
}
