// One table of levels: what a pino level is to Python, syslog and the Windows event log.

import { isObject } from './is-object.js'
import type { Check } from './options.js'

/** A pino level beside its counterparts. */
export interface LevelRow {
  /** pino's number. */
  readonly pino: number
  /** pino's label. */
  readonly label: string
  /** Python's `levelname`. */
  readonly levelname: string
  /** Python's `levelno`. */
  readonly levelno: number
  /** Name of the syslog priority. */
  readonly priority: string
  /** Number of the syslog priority. */
  readonly syslog: number
  /** Event type of the Windows event log: 1 error, 2 warning, 4 information. */
  readonly eventType: number
}

const TRACE: LevelRow = {
  pino: 10,
  label: 'trace',
  levelname: 'TRACE',
  levelno: 5,
  priority: 'debug',
  syslog: 7,
  eventType: 4,
}

/** The levels of pino, highest first. */
export const LEVELS: readonly LevelRow[] = [
  { pino: 60, label: 'fatal', levelname: 'CRITICAL', levelno: 50, priority: 'crit', syslog: 2, eventType: 1 },
  { pino: 50, label: 'error', levelname: 'ERROR', levelno: 40, priority: 'err', syslog: 3, eventType: 1 },
  { pino: 40, label: 'warn', levelname: 'WARNING', levelno: 30, priority: 'warning', syslog: 4, eventType: 2 },
  { pino: 30, label: 'info', levelname: 'INFO', levelno: 20, priority: 'info', syslog: 6, eventType: 4 },
  { pino: 20, label: 'debug', levelname: 'DEBUG', levelno: 10, priority: 'debug', syslog: 7, eventType: 4 },
  TRACE,
]

/** pino's number for a record whose line names no level that is known. */
export const INFO = 30

/** Labels of levels beside pino's own, with their numbers; as pino's `customLevels`. */
export type CustomLevels = Readonly<Record<string, number>>

/** A level as options take it: pino's label or number. */
export type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | (string & {}) | number

/** The row that a pino level falls into: 35 is info's, anything below 20 is trace's. */
export function levelRow(level: number): LevelRow {
  return LEVELS.find((row) => level >= row.pino) ?? TRACE
}

/** Python's number for a pino level: the table's, or for a level of your own max(1, level - 10). Python: `levelno`. */
export function levelno(level: number): number {
  const row = levelRow(level)
  return row.pino === level ? row.levelno : Math.max(1, Math.trunc(level) - 10)
}

/** Python's name for a pino level: the table's, your label in upper case, or `Level N`. Python: `levelname`. */
export function levelname(level: number, custom: CustomLevels = {}): string {
  const own = Object.keys(custom).find((label) => custom[label] === level)
  if (own !== undefined) return own.toUpperCase()
  const row = levelRow(level)
  return row.pino === level ? row.levelname : `Level ${levelno(level)}`
}

/** pino's number for what a line says of its level: a number, a label in any case, or digits; undefined when it is none. */
export function parseLevel(value: unknown, custom: CustomLevels = {}): number | undefined {
  if (typeof value === 'number') return finite(value)
  if (typeof value !== 'string' || value === '') return undefined
  const label = value.toLowerCase()
  const own = Object.keys(custom).find((key) => key.toLowerCase() === label)
  if (own !== undefined) return custom[own]
  const row = LEVELS.find((each) => each.label === label || each.levelname.toLowerCase() === label)
  return row?.pino ?? (/^\d+$/.test(value) ? finite(Number(value)) : undefined)
}

function finite(level: number): number | undefined {
  return Number.isFinite(level) ? level : undefined
}

const PYTHON_LEVELS: ReadonlyMap<string | number, string | number> = new Map<string | number, string | number>([
  ['CRITICAL', 50],
  ['FATAL', 50],
  ['ERROR', 40],
  ['WARNING', 30],
  ['WARN', 30],
  ['INFO', 20],
  ['DEBUG', 10],
  ['NOTSET', 0],
  [50, 'CRITICAL'],
  [40, 'ERROR'],
  [30, 'WARNING'],
  [20, 'INFO'],
  [10, 'DEBUG'],
  [0, 'NOTSET'],
])

/** Python's name for one of Python's level numbers, and its number for a name; else `Level N`. Python: `logging.getLevelName`. */
export function getLevelName(level: string | number | null): string | number {
  return (level === null ? undefined : PYTHON_LEVELS.get(level)) ?? `Level ${level === null ? 'None' : level}`
}

/** The check for an option that is a level: a number, pino's label, or one of `customLevels` beside it. */
export const levelCheck: Check<number> = {
  expected: `a level number or one of ${LEVELS.map((row) => `'${row.label}'`).join(', ')} (or a label of customLevels)`,
  parse(value, given) {
    if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
    const custom = customLevelsCheck.parse(given.customLevels, given) ?? {}
    const known = typeof value === 'string' && (value in custom || LEVELS.some((row) => row.label === value))
    return known ? parseLevel(value, custom) : undefined
  },
}

/** The check for an object of labels and numbers, as pino's `customLevels`. */
export const customLevelsCheck: Check<CustomLevels> = {
  expected: 'an object of labels and level numbers, such as { notice: 35 }',
  parse: (value) => (isCustomLevels(value) ? value : undefined),
}

function isCustomLevels(value: unknown): value is CustomLevels {
  if (!isObject(value)) return false
  return Object.values(value).every((level) => typeof level === 'number' && Number.isFinite(level) && level >= 0)
}
