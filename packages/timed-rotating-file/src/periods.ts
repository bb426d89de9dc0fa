// The periods that a log is divided into: by a schedule as Python has it, or by a cron expression.

import { requireOptional, toError } from '@pino-handlers/core'
import {
  computeRollover,
  createSchedule,
  instantOf,
  labelOf,
  parseLabel,
  type Schedule,
  type Zone,
} from '@pino-handlers/core/rotation'

/** When periods end, and how their files are labelled. Times are seconds since 1970. */
export interface Periods {
  /** How labels look. */
  readonly schedule: Schedule
  /** The end of the period that an instant is in, always later. */
  endAfter(instant: number): number
  /** The label of the period that ends at `end`. */
  labelOf(end: number): string
  /** The end of the period with a label; undefined when it is no label of ours. */
  endOf(label: string): number | undefined
}

/** The periods of `when`, `interval` and `atTime`. */
export function scheduledPeriods(schedule: Schedule, zone: Zone): Periods {
  return {
    schedule,
    endAfter: (instant) => computeRollover(schedule, instant, zone),
    labelOf: (end) => labelOf(schedule, end, zone),
    endOf(label) {
      const wall = parseLabel(schedule, label)
      if (wall === undefined) return undefined
      return schedule.grid
        ? computeRollover(schedule, instantOf(zone, wall), zone)
        : instantOf(zone, wall) + schedule.interval
    },
  }
}

// What is used of croner.
interface Cron {
  nextRun(after: Date): Date | null
  previousRuns(count: number, before: Date): Date[]
}
type CronClass = new (pattern: string, options: { mode: '5-or-6-parts'; timezone?: string }) => Cron

/** The periods between the times of a cron expression; an Error continues the sentence `option "cron" ...`. */
export function cronPeriods(expression: string, zone: Zone, timeZone: string | undefined): Periods {
  const cron = createCron(expression, timeZone)
  const schedule = createSchedule('M')
  const dateOf = (instant: number): Date => new Date(instant * 1000)
  const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000)
  const endAfter = (instant: number): number => {
    const next = cron.nextRun(dateOf(Math.floor(instant)))
    if (next === null) throw new Error(`must name times that come again and again, got '${expression}'`)
    return secondsOf(next)
  }
  endAfter(endAfter(Date.now() / 1000))
  return {
    schedule,
    endAfter,
    labelOf(end) {
      const [start = dateOf(end)] = cron.previousRuns(1, dateOf(end))
      // The label of minutes: a period of one minute that ends one later begins at the start.
      return labelOf(schedule, secondsOf(start) + schedule.interval, zone)
    },
    endOf(label) {
      const wall = parseLabel(schedule, label)
      return wall === undefined ? undefined : endAfter(instantOf(zone, wall))
    },
  }
}

function createCron(expression: string, timeZone: string | undefined): Cron {
  const Cron = loadCroner()
  try {
    return new Cron(expression, { mode: '5-or-6-parts', ...(timeZone === undefined ? {} : { timezone: timeZone }) })
  } catch (error) {
    const { message } = toError(error)
    throw new Error(`must be a cron expression of five or six fields, got '${expression}': ${message}`, {
      cause: error,
    })
  }
}

// Loaded only where it is used: a transport's start is counted in modules. In a bundle it is not, and has to be installed.
function loadCroner(): CronClass {
  try {
    const { Cron } = requireOptional('croner', import.meta.url) as { readonly Cron: CronClass }
    return Cron
  } catch (error) {
    const reason = toError(error).message.split('\n', 1)[0]
    throw new Error(`needs the package croner for a cron expression, which cannot be loaded here: ${reason}`, {
      cause: error,
    })
  }
}
