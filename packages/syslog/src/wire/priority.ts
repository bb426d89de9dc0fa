// A record's priority: Python's tables of names, and what becomes of levels that Python does not have.

import { type Check, type LogRecord, levelRow, show } from '@pino-handlers/core'

/** The facilities and their numbers, as in Python 3.9 and newer. Python: `SysLogHandler.facility_names`. */
export const FACILITY_NAMES: Readonly<Record<string, number>> = {
  auth: 4,
  authpriv: 10,
  console: 14,
  cron: 9,
  daemon: 3,
  ftp: 11,
  kern: 0,
  lpr: 6,
  mail: 2,
  news: 7,
  ntp: 12,
  security: 13,
  'solaris-cron': 15,
  syslog: 5,
  user: 1,
  uucp: 8,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
}

/** The priorities and their numbers. Python: `SysLogHandler.priority_names`. */
export const PRIORITY_NAMES: Readonly<Record<string, number>> = {
  alert: 1,
  crit: 2,
  critical: 2,
  debug: 7,
  emerg: 0,
  err: 3,
  error: 3,
  info: 6,
  notice: 5,
  panic: 0,
  warn: 4,
  warning: 4,
}

const PRIORITY_MAP: Readonly<Record<string, string>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warning',
  ERROR: 'error',
  CRITICAL: 'critical',
}

/**
 * The number that starts a message as `<N>`, for a facility and a priority by name or number. Numbers are not checked,
 * as in Python. Python: `SysLogHandler.encodePriority`.
 * @throws {RangeError} for a name that is in neither table
 */
export function encodePriority(facility: string | number, priority: string | number): number {
  return (numberOf('facility', FACILITY_NAMES, facility) << 3) | numberOf('priority', PRIORITY_NAMES, priority)
}

/** The priority's name for Python's five levels, and 'warning' for all others. Python: `SysLogHandler.mapPriority`. */
export function mapPriority(levelname: string): string {
  return own(PRIORITY_MAP, levelname) ?? 'warning'
}

/** The check of the `facility` option: a name or a number of syslog, as its number. */
export const facilityCheck: Check<number> = {
  expected: `one of ${Object.keys(FACILITY_NAMES)
    .map((name) => `'${name}'`)
    .join(', ')}, or a number from 0 to 23`,
  parse(value) {
    if (typeof value === 'string') return own(FACILITY_NAMES, value)
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 23 ? value : undefined
  },
}

/** Where the priority of records comes from. */
export interface PrioritySettings {
  /** The facility's number. */
  readonly facility: number
  /** Names the priority for Python's name of a level; called once for each level. Default: the table of levels. */
  readonly mapPriority?: ((levelname: string) => string) | undefined
}

/**
 * Makes the function from a record to the number that starts its message. Without a `mapPriority` of the user, a level
 * whose label is a priority's name has that priority, and any other the one of the row of levels that it falls into. A
 * `mapPriority` that throws or names no priority is reported, and the table answers.
 */
export function priorityReader(
  { facility, mapPriority: userMap }: PrioritySettings,
  failed: (error: unknown) => void,
): (record: LogRecord) => number {
  const known = new Map<number, number>()

  function fromUser(levelname: string): number | undefined {
    if (!userMap) return undefined
    try {
      return numberOf('priority', PRIORITY_NAMES, String(userMap(levelname)))
    } catch (error) {
      failed(error)
      return undefined
    }
  }

  return (record) => {
    const { level } = record
    const before = known.get(level)
    if (before !== undefined) return before
    const { levelname } = record
    const priority = fromUser(levelname) ?? own(PRIORITY_NAMES, levelname.toLowerCase()) ?? levelRow(level).syslog
    const encoded = encodePriority(facility, priority)
    if (known.size < MOST_LEVELS) known.set(level, encoded)
    return encoded
  }
}

// A program has a handful of levels; numbers from elsewhere do not stay.
const MOST_LEVELS = 100

function numberOf(what: string, names: Readonly<Record<string, number>>, value: string | number): number {
  const number = typeof value === 'number' ? value : own(names, value)
  if (number !== undefined) return number
  throw new RangeError(`${show(value)} is no syslog ${what}; known are: ${Object.keys(names).join(', ')}`)
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
