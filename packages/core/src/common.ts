// The options that every handler takes.

import { name, oneOf, seconds } from './checks.js'
import { type FormatRecord, type FormatterOption, formatterCheck } from './formatter-option.js'
import { type FunctionOption, functionOption, isSpecifier } from './function-option.js'
import { type CustomLevels, customLevelsCheck, type Level, levelCheck } from './levels.js'
import type { Check } from './options.js'
import type { LogRecord } from './record.js'
import type { OnError } from './stats.js'

/** Decides whether a record is handled. */
export type Filter = (record: LogRecord) => boolean

/** Options of every handler. */
export interface CommonOptions {
  /** Handle records of this level and above; pino's label or number. Python: `Handler.setLevel`. */
  level?: Level
  /** Format records as Python's Formatter does, or by a function; without it a record is the line that pino wrote. Python: `Handler.setFormatter`. */
  formatter?: FormatterOption
  /** Handle records of this logger name and its children ('app' also takes 'app.db'), or those a function returns true for. Python: `Handler.addFilter`. */
  filter?: FunctionOption<Filter>
  /** What a failure at run time does: 'print' to stderr, 'ignore', or 'throw' an 'error' event. Python: `Handler.handleError`. */
  onError?: OnError
  /** Where the message is, if not where pino's own configuration says. Not in Python. */
  messageKey?: string
  /** Where the serialized error is, if not where pino's own configuration says. Not in Python. */
  errorKey?: string
  /** Where the time is. Not in Python. */
  timeKey?: string
  /** Where the level is. Not in Python. */
  levelKey?: string
  /** Where merged objects are, as pino's `nestedKey`. Not in Python. */
  nestedKey?: string
  /** Labels of your own levels, as pino's `customLevels`; in pino's worker they come by themselves. Not in Python. */
  customLevels?: CustomLevels
  /** Seconds that closing may take before what is left is counted as dropped; below pino's limit of 10. Not in Python. */
  closeTimeout?: number
  /** Seconds between two `stats` events; 0 has only the last one, at close. Not in Python. */
  statsInterval?: number
}

/** The checks of {@link CommonOptions}. */
export const commonChecks: {
  readonly level: Check<number>
  readonly formatter: Check<FormatRecord>
  readonly filter: Check<Filter>
  readonly onError: Check<OnError>
  readonly messageKey: Check<string>
  readonly errorKey: Check<string>
  readonly timeKey: Check<string>
  readonly levelKey: Check<string>
  readonly nestedKey: Check<string>
  readonly customLevels: Check<CustomLevels>
  readonly closeTimeout: Check<number>
  readonly statsInterval: Check<number>
} = {
  level: levelCheck,
  formatter: formatterCheck,
  filter: filterCheck(),
  onError: oneOf('print', 'ignore', 'throw'),
  messageKey: name,
  errorKey: name,
  timeKey: name,
  levelKey: name,
  nestedKey: name,
  customLevels: customLevelsCheck,
  closeTimeout: {
    expected: 'a number of seconds from 0 to below 10',
    parse: (value) => (typeof value === 'number' && value >= 0 && value < 10 ? value : undefined),
  },
  statsInterval: seconds,
}

/** The defaults of {@link CommonOptions}. */
export const commonDefaults: {
  readonly onError: OnError
  readonly closeTimeout: number
  readonly statsInterval: number
} = {
  onError: 'print',
  closeTimeout: 5,
  statsInterval: 0,
}

/** {@link CommonOptions} after their checks. */
export interface CommonSettings {
  readonly level?: number | undefined
  readonly formatter?: FormatRecord | undefined
  readonly filter?: Filter | undefined
  readonly onError: OnError
  readonly messageKey?: string | undefined
  readonly errorKey?: string | undefined
  readonly timeKey?: string | undefined
  readonly levelKey?: string | undefined
  readonly nestedKey?: string | undefined
  readonly customLevels?: CustomLevels | undefined
  readonly closeTimeout: number
  readonly statsInterval: number
  /** What ends each entry, for handlers that have it as an option. Default: a newline. Python: `StreamHandler.terminator`. */
  readonly terminator?: string | undefined
}

// A logger's name has no slash and no '#'; a module specifier has one of them.
function filterCheck(): Check<Filter> {
  const asFunction = functionOption<Filter>('(record) => boolean')
  return {
    expected: `a logger name, or ${asFunction.expected}`,
    parse(value, given) {
      if (typeof value !== 'string' || isSpecifier(value)) return asFunction.parse(value, given)
      return value === '' ? () => true : (record) => record.name === value || record.name.startsWith(`${value}.`)
    },
  }
}
