// Which key of a line holds what.

import type { CustomLevels } from './levels.js'

/** Where a logger keeps its facts: pino's `messageKey`, `errorKey`, `nestedKey`, and the keys of time and level. */
export interface RecordShape {
  readonly messageKey: string
  readonly errorKey: string
  readonly timeKey: string
  readonly levelKey: string
  readonly nestedKey: string | null
  readonly customLevels: CustomLevels
}

/** How pino shapes a line unless it is told otherwise. */
export const PINO_SHAPE: RecordShape = {
  messageKey: 'msg',
  errorKey: 'err',
  timeKey: 'time',
  levelKey: 'level',
  nestedKey: null,
  customLevels: {},
}
