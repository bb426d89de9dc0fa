// When a log file rolls over, and how the file that ends then is labelled.

import { type Check, show } from '../options.js'
import { instantOf, instantsOf, wallAt, type Zone } from './zone.js'

/** The unit of a schedule, in Python's upper case: `W0` is Monday. */
export type When = 'S' | 'M' | 'H' | 'D' | 'MIDNIGHT' | `W${0 | 1 | 2 | 3 | 4 | 5 | 6}`

/** When a log file rolls over. */
export interface Schedule {
  readonly when: When
  /** Seconds from one rollover to the next, where no clock changes. Python: `handler.interval`. */
  readonly interval: number
  /** The label as strftime would write it. Python: `handler.suffix`. */
  readonly suffix: string
  /** The local times to roll over at, `first` and every `step` seconds; undefined rolls over `interval` after the last time. */
  readonly grid: { readonly first: number; readonly step: number } | undefined
}

const DAY = 86_400
const WEEK = 7 * DAY
// 1970 began on a Thursday.
const MONDAY = 4 * DAY

const SECONDS = '%Y-%m-%d_%H-%M-%S'
const MINUTES = '%Y-%m-%d_%H-%M'
const HOURS = '%Y-%m-%d_%H'
const DATE = '%Y-%m-%d'

const daily = { seconds: DAY, suffix: DATE, day: 0 } as const
const weekly = (weekday: number): Unit => ({ seconds: WEEK, suffix: DATE, day: MONDAY + weekday * DAY })

/** `day` is the start of the days that the local clock decides about. */
interface Unit {
  readonly seconds: number
  readonly suffix: string
  readonly day?: number
}

const units: Readonly<Record<When, Unit>> = {
  S: { seconds: 1, suffix: SECONDS },
  M: { seconds: 60, suffix: MINUTES },
  H: { seconds: 3600, suffix: HOURS },
  D: { seconds: DAY, suffix: DATE },
  MIDNIGHT: daily,
  W0: weekly(0),
  W1: weekly(1),
  W2: weekly(2),
  W3: weekly(3),
  W4: weekly(4),
  W5: weekly(5),
  W6: weekly(6),
}

// Python's default for `atTime` is the end of the day, which for a day of the week is not its start.
const END_OF_DAY = DAY

// Three thousand years: rollovers stay within the dates that JavaScript has.
const LONGEST = 1e11

/** The unit of a schedule, in any case. Python: `when`. */
export const whenCheck: Check<When> = {
  expected: "'S', 'M', 'H', 'D', 'midnight' or 'W0' to 'W6' (0 is Monday)",
  parse(value) {
    const wanted = typeof value === 'string' ? value.toUpperCase() : undefined
    return WHENS.find((when) => when === wanted)
  },
}

const WHENS: readonly When[] = ['S', 'M', 'H', 'D', 'MIDNIGHT', 'W0', 'W1', 'W2', 'W3', 'W4', 'W5', 'W6']

/** How many units pass between two rollovers. Python: `interval`. */
export const intervalCheck: Check<number> = {
  expected: 'a whole number of units, 1 or more and within 3000 years',
  parse(value, { when = 'H' }) {
    const { seconds } = units[whenCheck.parse(when, {}) ?? 'S']
    return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value * seconds <= LONGEST
      ? value
      : undefined
  },
}

/** The time of day to roll over at, as seconds after midnight; null is the end of the day. Python: `atTime`. */
export const atTimeCheck: Check<number> = {
  expected: "a time of day such as '23:59' or '23:59:59', or null for the end of the day",
  parse(value) {
    if (value === null) return END_OF_DAY
    // Python ignores the microseconds.
    const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,6})?)?$/.exec(
      typeof value === 'string' ? value : '',
    )
    if (!match) return undefined
    const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((digits) => Number(digits ?? 0))
    return (hours * 60 + minutes) * 60 + seconds
  },
}

/** The schedule of options as they are given; an Error continues the sentence `option "x" ...`. */
export function parseWhen(when: unknown, interval: unknown = 1, atTime: unknown = null): Schedule {
  return createSchedule(parsed(whenCheck, when), parsed(intervalCheck, interval, { when }), parsed(atTimeCheck, atTime))
}

function parsed<T>(check: Check<T>, value: unknown, given: Readonly<Record<string, unknown>> = {}): T {
  const result = check.parse(value, given)
  if (result === undefined) throw new Error(`must be ${check.expected}, got ${show(value)}`)
  return result
}

/** The schedule of options that went through their checks; `atTime` is in seconds after midnight. */
export function createSchedule(when: When, interval = 1, atTime: number = END_OF_DAY): Schedule {
  const { seconds: step, suffix, day } = units[when]
  return {
    when,
    interval: interval * step,
    suffix,
    grid: day === undefined ? undefined : { first: day + atTime, step },
  }
}

/** The next rollover, always later than the reference. Python: `TimedRotatingFileHandler.computeRollover`. */
export function computeRollover({ interval, grid }: Schedule, seconds: number, zone: Zone): number {
  const reference = Math.floor(seconds)
  if (!grid) return reference + interval
  const target = gridFloor(grid, wallAt(zone, reference)) + interval
  return instantsOf(zone, target).find((instant) => instant > reference) ?? instantOf(zone, target)
}

/** The instant at which the period began that ends at `rolloverAt`. */
export function periodStart(schedule: Schedule, rolloverAt: number, zone: Zone): number {
  return schedule.grid ? instantOf(zone, startWall(schedule, rolloverAt, zone)) : rolloverAt - schedule.interval
}

/** The label of the file that ends at `rolloverAt`: the local time at which its period began. */
export function labelOf(schedule: Schedule, rolloverAt: number, zone: Zone): string {
  return textOf(schedule, startWall(schedule, rolloverAt, zone))
}

/** The local time at which the period of a label begins, as {@link wallAt} counts; undefined unless it is such a label exactly. */
export function parseLabel(schedule: Schedule, label: string): number | undefined {
  const fields = /^(\d{4})-(\d\d)-(\d\d)(?:_(\d\d))?(?:-(\d\d))?(?:-(\d\d))?$/.exec(label)?.slice(1) ?? []
  const [year = 0, month = 0, day, hour, minute, second] = fields.map((digits) => Number(digits ?? 0))
  const wall = Date.UTC(year, month - 1, day, hour, minute, second) / 1000
  // What is no date, as the 31st of June, comes back as another one.
  if (Number.isNaN(wall) || textOf(schedule, wall) !== label) return undefined
  return schedule.grid ? wall + modulo(schedule.grid.first, DAY) : wall
}

function startWall({ interval, grid }: Schedule, rolloverAt: number, zone: Zone): number {
  if (!grid) return wallAt(zone, rolloverAt - interval)
  let wall = gridFloor(grid, wallAt(zone, rolloverAt)) - interval
  // Where a whole day is skipped, two local times fall on the instant at which it would have begun.
  while (instantOf(zone, wall) >= rolloverAt) wall -= grid.step
  return wall
}

function gridFloor({ first, step }: { readonly first: number; readonly step: number }, wall: number): number {
  return wall - modulo(wall - first, step)
}

function modulo(a: number, b: number): number {
  return ((a % b) + b) % b
}

// '2017-10-14_10-20-30', or as much of it as the suffix has.
function textOf({ suffix }: Schedule, wall: number): string {
  const text = new Date(wall * 1000).toISOString().replace('T', '_').replaceAll(':', '-')
  return text.slice(0, suffix.length + 2)
}
