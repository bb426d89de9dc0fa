// Local time: what the clocks of a time zone show at an instant, and when they show a given time.

import { timeTuple } from '../python/time-tuple.js'

/** A time zone; UTC, that of the process, and those of the tz database differ only in this. */
export interface Zone {
  readonly name: string
  /** Seconds by which the clocks are ahead of UTC at an instant, which is whole seconds since 1970. */
  offsetAt(instant: number): number
}

/** Coordinated universal time. Python: `utc=True`. */
export const utcZone: Zone = { name: 'UTC', offsetAt: () => 0 }

/** The time zone of the process. Python: `utc=False`. */
export const localZone: Zone = { name: 'local', offsetAt: (instant) => timeTuple(instant, false).offset }

/** A time zone of the tz database, whatever that of the process is; undefined for a name that it does not have. */
export function namedZone(name: string): Zone | undefined {
  const format = formatOf(name)
  return format && { name, offsetAt: (instant) => shownBy(format, instant) - instant }
}

/** The local time at an instant, as the seconds since 1970 of a clock that shows the same in UTC. */
export function wallAt(zone: Zone, instant: number): number {
  return instant + zone.offsetAt(instant)
}

/** The instants at which the clocks show `wall`, in order: one, two where an hour is repeated, none where it is skipped. */
export function instantsOf(zone: Zone, wall: number): number[] {
  return [...new Set([before(zone, wall), after(zone, wall)])].filter((instant) => wallAt(zone, instant) === wall)
}

/** The first instant at which the clocks show `wall`; a time that they skip is as much later as they go forward. */
export function instantOf(zone: Zone, wall: number): number {
  return instantsOf(zone, wall)[0] ?? before(zone, wall)
}

const DAY = 86_400

// No zone is a day ahead of or behind UTC, and none changes its clocks twice in two days.
function before(zone: Zone, wall: number): number {
  return wall - zone.offsetAt(wall - DAY)
}

function after(zone: Zone, wall: number): number {
  return wall - zone.offsetAt(wall + DAY)
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const numeric = 'numeric'
  const fields = {
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  } as const
  try {
    return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', { ...fields, hourCycle: 'h23', timeZone })
  } catch {
    return undefined
  }
}

// '10/14/2017, 10:20:30'
function shownBy(format: Intl.DateTimeFormat, instant: number): number {
  const [month = 0, day, year = 0, hour, minute, second] = (format.format(instant * 1000).match(/\d+/g) ?? []).map(
    Number,
  )
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000
}
