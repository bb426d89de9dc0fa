// The `formatter` option: Python's Formatter as data, or a function.

import { createRequire } from 'node:module'
import { flag, oneOf, text } from './checks.js'
import { toError } from './errors.js'
import type { Formatter, FormatterOptions } from './formatter/index.js'
import { type FunctionOption, functionOption } from './function-option.js'
import { isObject } from './is-object.js'
import { type Check, type Checks, type Given, parseAll } from './options.js'
import type { LogRecord } from './record.js'

/** Turns a record into the text that goes out. */
export type FormatRecord = (record: LogRecord) => string

/** Python's Formatter as data, one that is made already (in-process), or a function. */
export type FormatterOption = FormatterOptions | Formatter | FunctionOption<FormatRecord>

/** What of '@pino-handlers/core/formatter' stands behind the option. */
export interface FormatterModule {
  readonly Formatter: typeof Formatter
  readonly unknownDirective: (format: string) => string | undefined
}

let provided: FormatterModule | undefined

/** For that module, which calls this when it is loaded. */
export function provideFormatter(module: FormatterModule): void {
  provided = module
}

// Most handlers have no Formatter, which is half of the code that a worker would load before it is ready: it comes when
// it is asked for. By `require`, since factories are synchronous; by the package's own name, since a file name would
// find anything that lies beside a bundle.
function formatterModule(): FormatterModule {
  let cause: unknown
  try {
    if (!provided) createRequire(import.meta.url)('@pino-handlers/core/formatter')
  } catch (error) {
    cause = error
  }
  if (provided) return provided
  throw new Error(
    "needs `import '@pino-handlers/core/formatter'` before the handler is made: it cannot be loaded on demand here, as in a bundle",
    { cause },
  )
}

const timeFormat: Check<string> = {
  expected: 'a strftime format',
  parse(value) {
    const unknown = typeof value === 'string' ? formatterModule().unknownDirective(value) : undefined
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
    const formatter = value instanceof formatterModule().Formatter ? value : makeFormatter(value)
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
    return new (formatterModule().Formatter)(options)
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
