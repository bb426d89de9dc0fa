// The options of every handler that waits for something outside the process.

import { bytes, count, flag, oneOf } from './checks.js'
import { type Level, levelCheck } from './levels.js'
import type { Check } from './options.js'
import type { OutboxLimits, Overflow } from './outbox.js'

/** A size in bytes, or a text such as '10MB' or '10MiB'. */
export type Size = number | `${number}${'B' | 'KB' | 'MB' | 'GB' | 'KiB' | 'MiB' | 'GiB'}`

/** Options of the queue that holds records while the destination cannot take them. */
export interface OutboxOptions {
  /** Bytes of records to hold. Not in Python. */
  maxQueueBytes?: Size
  /** Records to hold, if that is to be limited too. Not in Python. */
  maxQueueRecords?: number
  /** What goes when the queue is full: the oldest, the newest, what is below `protectLevel` first; or 'block', which lets pino wait. Not in Python. */
  overflow?: Overflow
  /** Records of this level and above go last with 'drop-below-level'. Not in Python. */
  protectLevel?: Level
  /** Send a record 'N records dropped between T1 and T2' when some were. Not in Python. */
  reportDrops?: boolean
}

/** The checks of {@link OutboxOptions}. */
export const outboxChecks: {
  readonly maxQueueBytes: Check<number>
  readonly maxQueueRecords: Check<number>
  readonly overflow: Check<Overflow>
  readonly protectLevel: Check<number>
  readonly reportDrops: Check<boolean>
} = {
  maxQueueBytes: bytes,
  maxQueueRecords: count,
  overflow: oneOf('drop-oldest', 'drop-newest', 'drop-below-level', 'block'),
  protectLevel: levelCheck,
  reportDrops: flag,
}

/** The defaults of {@link OutboxOptions}. */
export const outboxDefaults: {
  readonly maxQueueBytes: number
  readonly overflow: 'drop-oldest'
  readonly protectLevel: number
  readonly reportDrops: boolean
} = {
  maxQueueBytes: 16 * 1024 * 1024,
  overflow: 'drop-oldest',
  protectLevel: 50,
  reportDrops: true,
}

/** Whether nothing is held while the destination is away: records go at once, or not at all. */
export function holdsNothing({ maxQueueRecords, maxQueueBytes }: OutboxLimits): boolean {
  return maxQueueRecords === 0 || maxQueueBytes === 0
}

/** {@link OutboxOptions} after their checks. */
export interface OutboxSettings extends OutboxLimits {
  readonly overflow: Overflow
  readonly protectLevel: number
  readonly reportDrops: boolean
}
