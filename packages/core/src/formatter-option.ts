// The `formatter` option: Python's Formatter as data, or a function.

import { flag, oneOf, text } from './checks.js'
import { toError } from './errors.js'
import { Formatter, type FormatterOptions } from './formatter/index.js'
import { type FunctionOption, functionOption } from './function-option.js'
import { isObject } from './is-object.js'
import { type Check, type Checks, type Given, parseAll } from './options.js'
import { unknownDirective } from './python/strftime.js'
import type { LogRecord } from './record.js'

/** Turns a record into the text that goes out. */
export type FormatRecord = (record: LogRecord) => string

/** Python's Formatter as data, one that is made already (in-process), or a function. */
export type FormatterOption = FormatterOptions | Formatter | FunctionOption<FormatRecord>

const timeFormat: Check<string> = {
  expected: 'a strftime format',
  parse(value) {
    const unknown = typeof value === 'string' ? unknownDirective(value) : undefined
    if (unknown !== undefined)
      throw new Error(`has the unknown strftime directive "${unknown}" in ${JSON.stringify(value)}`)
    return text.parse(value, {})
  },
}

const checks: Checks<FormatterOptions> = {
  fmt: orNull(text),
  datefmt: orNull(timeFormat),
  style: oneOf('%', '{', '$'),
  defaults: orNull({ expected: 'an object', parse: (value) => (isObject(value) ? value : undefined) }),
  validate: flag,
  utc: flag,
  defaultTimeFormat: timeFormat,
  defaultMsecFormat: orNull(text),
}

const asFunction = functionOption<FormatRecord>('(record) => string')

/** The check of the `formatter` option. */
export const formatterCheck: Check<FormatRecord> = {
  expected: `an object such as { fmt: '%(message)s' }, ${asFunction.expected}`,
  parse(value, given) {
    if (!isObject(value)) return asFunction.parse(value, given)
    const formatter = value instanceof Formatter ? value : makeFormatter(value)
    return (record) => formatter.format(record)
  },
}

function makeFormatter(value: Given): Formatter {
  let options: FormatterOptions
  try {
    options = parseAll(checks, value)
  } catch (error) {
    throw new Error(`has a wrong entry: ${toError(error).message}`, { cause: error })
  }
  try {
    return new Formatter(options)
  } catch (error) {
    throw new Error(`cannot be used: ${toError(error).message}`, { cause: error })
  }
}

function orNull<T>(check: Check<T>): Check<T | null> {
  return {
    expected: `${check.expected} or null`,
    parse: (value, given) => (value === null ? null : check.parse(value, given)),
  }
}
