// Each record to the file of its own period.

import { cutAfter, type Parcel } from '@pino-handlers/core'
import type { Plan } from '@pino-handlers/core/file'

/** The period of the file that is written to. Times are seconds since 1970. */
export interface CurrentPeriod {
  readonly end: number
  /** Rolls over into the period of `instant`; the file is closed meanwhile. */
  rollInto(instant: number): void
  /** False while a rollover is not to be tried. */
  readonly possible: boolean
}

/**
 * Has the file rolled over before the first record that was made at or after the end of its period; what stays is for
 * `inner` to plan. Only the first and the last record are looked at, unless they are of different periods. Python:
 * `TimedRotatingFileHandler.shouldRollover`.
 */
export function timePlan(period: CurrentPeriod, inner: Plan): Plan {
  // A rotator may leave the file as it was: the same records do not ask for it twice.
  let rolledFor: Parcel | undefined
  return (situation) => {
    const { parcel } = situation
    if (!period.possible) return inner(situation)
    const first = timeOf(parcel, 0)
    if (first >= period.end && parcel !== rolledFor) {
      rolledFor = parcel
      return { change: () => period.rollInto(first) }
    }
    if (parcel.count === 1 || timeOf(parcel, parcel.count - 1) < period.end) return inner(situation)
    let count = 1
    while (count < parcel.count && timeOf(parcel, count) < period.end) count++
    const step = inner({ ...situation, parcel: cutAfter(parcel, count).head })
    return 'change' in step ? step : { head: step.head, rest: cutAfter(parcel, step.head.count).rest }
  }
}

/** When a record of a parcel was made, in seconds since 1970; one that does not say it, or says a time to come, is of now. */
export function timeOf(parcel: Parcel, index: number): number {
  return Math.min(parcel.timeAt(index) ?? Number.POSITIVE_INFINITY, Date.now()) / 1000
}
