// The options of every handler that writes to targets.

import { count, seconds } from '../checks.js'
import { type RetryOptions, type RetrySettings, retryChecks, retryDefaults } from '../net/back-off.js'
import type { Check } from '../options.js'
import type { OutboxLimits } from '../outbox.js'

/** Options of what a target may take, and of what becomes of one that fails. */
export interface TargetOptions extends RetryOptions {
  /** Seconds until a target must be ready to be written to. Not in Python. */
  startTimeout?: number
  /** Seconds that a flush waits for a target. Not in Python. */
  flushTimeout?: number
  /** How often in a row a target that fails is opened again before it is left alone for `retryInterval`. Not in Python. */
  maxRestarts?: number
  /** Seconds until a target that was left alone is tried once more. Not in Python. */
  retryInterval?: number
}

/** The checks of {@link TargetOptions}. */
export const targetChecks: typeof retryChecks & {
  readonly startTimeout: Check<number>
  readonly flushTimeout: Check<number>
  readonly maxRestarts: Check<number>
  readonly retryInterval: Check<number>
} = {
  ...retryChecks,
  startTimeout: seconds,
  flushTimeout: seconds,
  maxRestarts: count,
  retryInterval: retryChecks.retryMax,
}

/** The defaults of {@link TargetOptions}. */
export const targetDefaults: RetrySettings & {
  readonly startTimeout: number
  readonly flushTimeout: number
  readonly maxRestarts: number
  readonly retryInterval: number
} = { ...retryDefaults, startTimeout: 10, flushTimeout: 5, maxRestarts: 5, retryInterval: 60 }

/** {@link TargetOptions} and the limits of the outbox after their checks. */
export interface TargetSettings extends OutboxLimits, RetrySettings {
  readonly startTimeout: number
  readonly flushTimeout: number
  readonly maxRestarts: number
  readonly retryInterval: number
}
