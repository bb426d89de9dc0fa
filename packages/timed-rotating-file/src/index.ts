// Records to a file that rolls over at certain times.

import {
  bytes,
  type Check,
  type Checks,
  type CommonJs,
  type CommonOptions,
  checkOption,
  commonChecks,
  commonDefaults,
  flag,
  Handler,
  HandlerOptionError,
  name,
  type OptionTable,
  optionTable,
  type Resolved,
  resolveOptions,
  type Size,
  seconds,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'
import { type LogFileOptions, logFileChecks, logFileDefaults } from '@pino-handlers/core/file'
import {
  atTimeCheck,
  createSchedule,
  intervalCheck,
  localZone,
  namedZone,
  type RotationOptions,
  rotationChecks,
  rotationDefaults,
  utcZone,
  type When,
  whenCheck,
  type Zone,
} from '@pino-handlers/core/rotation'
import { cronPeriods, type Periods, scheduledPeriods } from './periods.js'
import { timedSink } from './timed-sink.js'

/** Options of {@link timedRotatingFile}. */
export interface TimedRotatingFileOptions extends CommonOptions, LogFileOptions, RotationOptions {
  /** The unit of `interval`, in any case: seconds, minutes, hours, days, midnight, or a day of the week (W0 is Monday). Python: `when='h'`. */
  when?: 'S' | 'M' | 'H' | 'D' | 'midnight' | 'W0' | 'W1' | 'W2' | 'W3' | 'W4' | 'W5' | 'W6' | Lowercase<When>
  /** Units from one rollover to the next. Python: `interval=1`. */
  interval?: number
  /** The time of day to roll over at, 'HH:MM[:SS]', with midnight and days of the week; null is the end of the day. Python: `atTime=None`. */
  atTime?: string | null
  /** Times and names are in UTC rather than in local time. Python: `utc=False`. */
  utc?: boolean
  /** Times and names are in this time zone, such as 'Europe/Berlin', whatever that of the process is. Not in Python. */
  timeZone?: string
  /** Roll over at the times of a cron expression instead of `when`, `interval` and `atTime`. Not in Python. */
  cron?: string
  /** Roll over as well before a record would make the file reach this many bytes; the period's files get an index. Not in Python. */
  maxBytes?: Size
  /** Roll over on time also when no record comes. Not in Python. */
  rotateIdle?: boolean
  /** Roll over up to this many seconds later, by chance once per process: many processes do not all do it at once. Not in Python. */
  jitter?: number
}

const zoneCheck: Check<Zone & { readonly name: string }> = {
  expected: "a time zone such as 'Europe/Berlin'",
  parse: (value) => (typeof value === 'string' && value !== '' ? namedZone(value) : undefined),
}

const checks = {
  when: whenCheck,
  interval: intervalCheck,
  atTime: atTimeCheck,
  utc: flag,
  timeZone: zoneCheck,
  cron: name,
  maxBytes: bytes,
  rotateIdle: flag,
  jitter: seconds,
  ...logFileChecks,
  ...rotationChecks,
  ...commonChecks,
} satisfies Checks<TimedRotatingFileOptions>

const defaults = {
  when: 'H' as const,
  interval: 1,
  atTime: null,
  utc: false,
  maxBytes: 0,
  rotateIdle: false,
  jitter: 0,
  ...rotationDefaults,
  ...logFileDefaults,
  ...commonDefaults,
}

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)

/**
 * Writes records to a file and rolls it over at certain times: app.log becomes app.log.2017-10-15. Each record is in the
 * file of the period in which it was made. Times are seconds, sizes are bytes.
 * Throws a HandlerOptionError for a wrong option, or a file that cannot be opened.
 * Python: `logging.handlers.TimedRotatingFileHandler`.
 */
export default function timedRotatingFile(options: TimedRotatingFileOptions): Handler {
  const { settings, zone, periods } = resolve(options)
  const config = { name: 'timed-rotating-file', settings }
  return new Handler(config, (monitor) => timedSink(settings, periods, zone, monitor))
}

/** {@link timedRotatingFile} as a target of `pino.transport()`, with options that are checked at once. */
export function timedRotatingFileTarget(options: TimedRotatingFileOptions, level?: string): WorkerTarget {
  return workerTarget('timed-rotating-file', import.meta.url, { options, level }, () => resolve(options))
}

type Settings = Resolved<typeof checks, typeof defaults>

function resolve(options: TimedRotatingFileOptions): {
  readonly settings: Settings
  readonly zone: Zone
  readonly periods: Periods
} {
  const given = resolveOptions('timed-rotating-file', checks, defaults, options)
  // A run that starts the file anew would lose what the previous one has written; Python has no mode here.
  const settings = given.mode === 'w' ? { ...given, mode: 'a' as const } : given
  const zone = settings.timeZone ?? (settings.utc ? utcZone : localZone)
  return { settings, zone, periods: periodsOf(settings, options, zone) }
}

function periodsOf(settings: Settings, given: TimedRotatingFileOptions, zone: Zone): Periods {
  const { when, interval, atTime, utc, timeZone, cron } = settings
  if (utc && timeZone) throw conflict('timeZone', 'utc')
  if (cron === undefined) return scheduledPeriods(createSchedule(when, interval, atTime ?? undefined), zone)
  const other = (['when', 'interval', 'atTime'] as const).find((option) => given[option] !== undefined)
  if (other) throw conflict(other, 'cron')
  return checkOption('timed-rotating-file', 'cron', () => {
    return cronPeriods(cron, zone, timeZone?.name ?? (utc ? 'UTC' : undefined))
  })
}

function conflict(option: string, other: string): HandlerOptionError {
  return new HandlerOptionError(
    `[timed-rotating-file] option "${option}" has no meaning beside "${other}": leave one of them out`,
  )
}

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof timedRotatingFile, typeof import('./index.js')> = Object.assign(timedRotatingFile, {
  timedRotatingFile,
  timedRotatingFileTarget,
  options,
})

export { commonJs as 'module.exports', timedRotatingFile }
