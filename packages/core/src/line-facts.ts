// Single facts of a line, for those who need no more of the record.

import { fieldText } from './field-text.js'
import { INFO, parseLevel } from './levels.js'
import { LogRecord } from './record.js'
import { PINO_SHAPE, type RecordShape } from './record-shape.js'
import { parseTime, prefixLevel, prefixTime } from './unparsed.js'

/** The time of a line in milliseconds since the epoch; undefined when it says none. pino's own lines are not parsed for it. */
export function lineTime(line: string, shape: RecordShape = PINO_SHAPE): number | undefined {
  const prefix = shape.timeKey === 'time' ? parseTime(prefixTime(line)) : undefined
  return prefix ?? (line.startsWith('{') ? parseTime(new LogRecord(line, shape).get(shape.timeKey)) : undefined)
}

/** pino's number of a line's level; info's when the line names none that is known. pino's own lines are not parsed for it. */
export function lineLevel(line: string, shape: RecordShape = PINO_SHAPE): number {
  const prefix = shape.levelKey === 'level' ? parseLevel(prefixLevel(line), shape.customLevels) : undefined
  return prefix ?? (line.startsWith('{') ? new LogRecord(line, shape).level : INFO)
}

/** The JSON of a line's field as it stands there, under `nestedKey` if it is only there; undefined without it. The line is not parsed for it. */
export function lineField(line: string, key: string, shape: RecordShape = PINO_SHAPE): string | undefined {
  const { nestedKey } = shape
  const own = fieldText(line, key)
  if (own !== undefined || nestedKey === null) return own
  return fieldText(fieldText(line, nestedKey) ?? '', key)
}
