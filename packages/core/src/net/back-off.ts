// When to try again after a connection could not be made.

import type { Check } from '../options.js'

/** Options of every handler that connects. */
export interface RetryOptions {
  /** Seconds until the first attempt after a failed one, give or take half. Python: `SocketHandler.retryStart`. */
  retryStart?: number
  /** How many times longer each wait is than the one before. Python: `SocketHandler.retryFactor`. */
  retryFactor?: number
  /** Seconds that no wait but the first exceeds, give or take half. Python: `SocketHandler.retryMax`. */
  retryMax?: number
}

// Zero would try without a pause for as long as the server is away.
const pause: Check<number> = {
  expected: 'a number of seconds above 0',
  parse: (value) => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined),
}

/** The checks of {@link RetryOptions}. */
export const retryChecks: {
  readonly retryStart: Check<number>
  readonly retryFactor: Check<number>
  readonly retryMax: Check<number>
} = {
  retryStart: pause,
  retryFactor: {
    expected: 'a number, 1 or more',
    parse: (value) => (typeof value === 'number' && Number.isFinite(value) && value >= 1 ? value : undefined),
  },
  retryMax: pause,
}

/** The defaults of {@link RetryOptions}. */
export const retryDefaults: {
  readonly retryStart: number
  readonly retryFactor: number
  readonly retryMax: number
} = { retryStart: 1, retryFactor: 2, retryMax: 30 }

/** {@link RetryOptions} after their checks. */
export interface RetrySettings {
  readonly retryStart: number
  readonly retryFactor: number
  readonly retryMax: number
}

/** What became of the attempts since the last that did not fail. Times are in seconds. */
export interface BackOff {
  /** When the next attempt may be. Python: `SocketHandler.retryTime`. */
  readonly retryTime: number
  /** How long that is after the attempt that failed. Python: `SocketHandler.retryPeriod`. */
  readonly retryPeriod: number
}

/** The back-off at the start, and after an attempt that succeeded. */
export const NO_FAILURE: BackOff = { retryTime: Number.NEGATIVE_INFINITY, retryPeriod: 0 }

/** Whether it is time for an attempt. */
export function mayConnect(backOff: BackOff, now: number): boolean {
  return now >= backOff.retryTime
}

/** The back-off after an attempt that failed at `now`. Python: `SocketHandler.createSocket`. */
export function afterFailure(backOff: BackOff, now: number, settings: RetrySettings): BackOff {
  const { retryStart, retryFactor, retryMax } = settings
  // As in Python, the first wait is not held to the longest.
  const retryPeriod = backOff.retryPeriod > 0 ? Math.min(backOff.retryPeriod * retryFactor, retryMax) : retryStart
  return { retryTime: now + retryPeriod, retryPeriod }
}

/** `delay`, half of it up to one and a half of it, so that the clients of a server that comes back do not come all at once. */
export function withJitter(delay: number, random: () => number): number {
  return delay * (0.5 + random())
}
