// A moment as a calendar shows it: time.localtime() and time.gmtime().
import { PythonError } from './value.js'
import { zoneName } from './zone-name.js'

/** Python's `time.struct_time`, with the names of its fields. */
export interface TimeTuple {
  /** Seconds since 1970, whole. */
  readonly epoch: number
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** Sunday is 0, as in C and in `%w`. */
  readonly weekday: number
  /** January 1st is 0, as in C. */
  readonly yearDay: number
  /** Seconds east of Greenwich. Python: `tm_gmtoff`. */
  readonly offset: number
  /** Python: `tm_zone`. */
  zone(): string
}

/** Python's `time.localtime(seconds)` in the time zone of the process, or `time.gmtime(seconds)`. */
export function timeTuple(seconds: number, utc: boolean): TimeTuple {
  const epoch = Math.floor(seconds)
  const date = new Date(epoch * 1000)
  if (Number.isNaN(date.getTime())) throw new PythonError('OverflowError', 'timestamp out of range for platform time_t')
  // The local fields as if they were UTC: everything else is then arithmetic without time zones.
  const wall = utc ? date : wallClock(date)
  const year = wall.getUTCFullYear()
  const offset = (wall.getTime() - date.getTime()) / 1000
  return {
    epoch,
    year,
    month: wall.getUTCMonth() + 1,
    day: wall.getUTCDate(),
    hour: wall.getUTCHours(),
    minute: wall.getUTCMinutes(),
    second: wall.getUTCSeconds(),
    weekday: wall.getUTCDay(),
    yearDay: Math.floor((wall.getTime() - new Date(0).setUTCFullYear(year, 0, 1)) / 86_400_000),
    offset,
    zone: () => (utc ? 'GMT' : zoneName(date, offset)),
  }
}

function wallClock(date: Date): Date {
  const wall = new Date(0)
  wall.setUTCFullYear(date.getFullYear(), date.getMonth(), date.getDate())
  wall.setUTCHours(date.getHours(), date.getMinutes(), date.getSeconds())
  return wall
}
