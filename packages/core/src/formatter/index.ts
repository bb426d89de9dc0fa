// A record as text, and what of it is computed once: the format at construction, the time once a second.

import type { FormatRecord } from '../formatter-option.js'
import { compilePercent } from '../python/percent-format.js'
import { compileStrftime } from '../python/strftime.js'
import { type Style, styles } from '../python/style.js'
import { timeTuple } from '../python/time-tuple.js'
import { type Fields, Float, PythonError, Tuple } from '../python/value.js'

/** What a `Formatter` is made from. */
export interface FormatterOptions {
  /** The format of a record; none is the message alone. Python: `fmt=None`. */
  fmt?: string | null
  /** The format of `asctime`, in place of the default time format and its milliseconds. Python: `datefmt=None`. */
  datefmt?: string | null
  /** How `fmt` writes its fields: `%(name)s`, `{name}` or `$name`. Python: `style='%'`. */
  style?: '%' | '{' | '$'
  /** Values for fields that a record may not have. Python: `defaults=None`. */
  defaults?: Readonly<Record<string, unknown>> | null
  /** Refuse a format without fields or with broken ones. Python: `validate=True`. */
  validate?: boolean
  /** Show UTC, not local time. Python: `converter = time.gmtime`. */
  utc?: boolean
  /** The format of `asctime` without `datefmt`. Python: `default_time_format`. */
  defaultTimeFormat?: string
  /** How milliseconds are appended to it; null leaves them out. Python: `default_msec_format`. */
  defaultMsecFormat?: string | null
}

/** What a `Formatter` reads of a record. Python: `LogRecord`. */
export interface RecordView extends Fields {
  readonly message: string
  /** Seconds since 1970. */
  readonly created: number
  readonly msecs: number
  readonly exc_text: string | null
  readonly stack_info: string | null
}

/** Turns records into text. Python: `logging.Formatter`. */
export class Formatter {
  readonly #style: Style
  readonly #fmt: string
  readonly #datefmt: string | null
  readonly #defaultTimeFormat: string
  readonly #withMsecs: ((text: string, msecs: number) => string) | undefined
  readonly #utc: boolean
  readonly #usesTime: boolean
  readonly #fields: RecordFields
  readonly #render: (fields: Fields) => string
  readonly #clocks = new Map<string, (second: number) => string>()

  constructor(options: FormatterOptions = {}) {
    const { style = '%', defaults, validate = true, utc = false } = options
    const { defaultTimeFormat = '%Y-%m-%d %H:%M:%S', defaultMsecFormat = usualMsecs } = options
    if (!Object.hasOwn(styles, style))
      throw new PythonError('ValueError', `Style must be one of: ${Object.keys(styles).join(',')}`)
    this.#style = styles[style]
    this.#fmt = options.fmt || this.#style.defaultFormat
    if (validate) this.#style.validate(this.#fmt)
    this.#datefmt = options.datefmt || null
    this.#defaultTimeFormat = defaultTimeFormat
    this.#withMsecs = defaultMsecFormat ? compileMsecs(defaultMsecFormat) : undefined
    this.#utc = utc
    this.#usesTime = this.#style.usesTime(this.#fmt)
    this.#fields = new RecordFields(new Map(Object.entries(defaults ?? {})))
    this.#render = this.#style.compile(this.#fmt)
  }

  /** The record as text, with its traceback and its stack, each on lines of their own. Python: `Formatter.format`. */
  format(record: RecordView): string {
    let text = this.formatMessage(record)
    if (record.exc_text) text = below(text, record.exc_text)
    if (record.stack_info) text = below(text, record.stack_info)
    return text
  }

  /** The record through the format string alone. Python: `Formatter.formatMessage`. */
  formatMessage(record: RecordView): string {
    const fields = this.#fields
    fields.record = record
    fields.asctime = this.#usesTime ? this.formatTime(record, this.#datefmt) : undefined
    try {
      return this.#render(fields)
    } catch (error) {
      if (!(error instanceof PythonError) || error.name !== 'KeyError') throw error
      throw new PythonError('ValueError', `Formatting field not found in record: ${error.message}`)
    } finally {
      fields.record = undefined
    }
  }

  /** The time of a record as text. Python: `Formatter.formatTime`. */
  formatTime(record: Pick<RecordView, 'created' | 'msecs'>, datefmt?: string | null): string {
    const text = this.#clock(datefmt || this.#defaultTimeFormat)(Math.floor(record.created))
    return datefmt || !this.#withMsecs ? text : this.#withMsecs(text, record.msecs)
  }

  /** Whether the format mentions `asctime`. Python: `Formatter.usesTime`. */
  usesTime(): boolean {
    return this.#usesTime
  }

  #clock(format: string): (second: number) => string {
    const known = this.#clocks.get(format)
    if (known) return known
    const clock = secondClock(format, this.#utc)
    this.#clocks.set(format, clock)
    return clock
  }
}

const usualMsecs = '%s,%03d'

// Every record with a time comes through here: the usual format is spared the % operator.
function compileMsecs(format: string): (text: string, msecs: number) => string {
  if (format === usualMsecs) return (text, msecs) => `${text},${String(Math.trunc(msecs)).padStart(3, '0')}`
  const percent = compilePercent(format)
  return (text, msecs) => percent.format(new Tuple([text, new Float(msecs)]))
}

function secondClock(format: string, utc: boolean): (second: number) => string {
  const render = compileStrftime(format)
  let last: number | undefined
  let text = ''
  return (second) => {
    if (second !== last) {
      text = render(timeTuple(second, utc))
      last = second
    }
    return text
  }
}

function below(text: string, more: string): string {
  return text.endsWith('\n') ? text + more : `${text}\n${more}`
}

// The record's fields with asctime among them and the defaults under them; one per formatter, refilled for each record.
class RecordFields implements Fields {
  record: RecordView | undefined
  asctime: string | undefined
  readonly #defaults: ReadonlyMap<string, unknown>

  constructor(defaults: ReadonlyMap<string, unknown>) {
    this.#defaults = defaults
  }

  get(name: string): unknown {
    if (name === 'message') return this.record?.message
    if (name === 'asctime' && this.asctime !== undefined) return this.asctime
    const value = this.record?.get(name)
    if (value === undefined) return this.#defaults.get(name)
    return typeof value === 'number' && FLOATS.has(name) ? new Float(value) : value
  }
}

// 123 and 123.0 are one number here, but not to Python: these attributes are floats there.
const FLOATS = new Set(['created', 'msecs', 'relativeCreated'])

/** Turns several records into one text. Python: `logging.BufferingFormatter`. */
export class BufferingFormatter {
  readonly #linefmt: Formatter

  constructor(linefmt: Formatter = new Formatter()) {
    this.#linefmt = linefmt
  }

  /** What stands before the records. Python: `formatHeader`. */
  formatHeader(_records: readonly RecordView[]): string {
    return ''
  }

  /** What stands behind the records. Python: `formatFooter`. */
  formatFooter(_records: readonly RecordView[]): string {
    return ''
  }

  /** The records as one text, empty for none. Python: `BufferingFormatter.format`. */
  format(records: readonly RecordView[]): string {
    if (records.length === 0) return ''
    return (
      this.formatHeader(records) +
      records.map((record) => this.#linefmt.format(record)).join('') +
      this.formatFooter(records)
    )
  }
}

/** What a handler of Python does without a formatter: the message, and the error if there is one. Python: `logging._defaultFormatter`. */
export function defaultFormat(): FormatRecord {
  const formatter = new Formatter()
  return (record) => formatter.format(record)
}
