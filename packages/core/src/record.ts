// One pino line, seen as Python's LogRecord. Nothing is parsed before it is asked for.

import { parse } from 'node:path'
import { excText } from './exc-text.js'
import type { RecordView } from './formatter/index.js'
import { isObject } from './is-object.js'
import { jsonText } from './json-text.js'
import { INFO, levelname, levelno, parseLevel } from './levels.js'
import { PINO_SHAPE, type RecordShape } from './record-shape.js'
import { fieldStart, flatField, isFlat, parseTime, prefixLevel, prefixTime } from './unparsed.js'

type Fields = Readonly<Record<string, unknown>>

const NO_FIELDS: Fields = {}
const LOADED = Date.now()

/**
 * A pino line with the attributes of Python's LogRecord. A line that is not a JSON object is a record whose message is
 * the line. No attribute throws, is NaN or is undefined; each says what it holds where pino has no such fact.
 * Python: `logging.LogRecord`.
 */
export class LogRecord implements RecordView {
  /** The line as pino wrote it, without its end. */
  readonly line: string
  readonly #shape: RecordShape
  #fields: Fields | undefined
  #flat: boolean | undefined
  #time: number | undefined
  #level: number | undefined

  constructor(line: string, shape: RecordShape = PINO_SHAPE) {
    this.line = line
    this.#shape = shape
  }

  /** All that the line says: bindings, merged objects and pino's own keys. */
  get fields(): Fields {
    this.#fields ??= parseFields(this.line)
    return this.#fields
  }

  /** Where the logger keeps its facts. */
  get shape(): RecordShape {
    return this.#shape
  }

  /** pino's number of the level; info's when the line names none that is known. */
  get level(): number {
    this.#level ??= this.#readLevel()
    return this.#level
  }

  /** When the record was made, in milliseconds since the epoch; when it was read, if the line does not say. */
  get time(): number {
    this.#time ??= this.#readTime()
    return this.#time
  }

  /** Python's `name`: pino's `name` binding, or 'root', as Python calls the logger without a name. */
  get name(): string {
    return asText(this.#own('name')) ?? 'root'
  }

  /** Python's `msg`: the message, which pino has merged already; '' without one. */
  get msg(): string {
    const fields = this.#fields ?? (this.#isFlat ? undefined : this.fields)
    if (fields === NO_FIELDS) return this.line
    return asText(this.#own(this.#shape.messageKey)) ?? ''
  }

  /** Python's `message`: the same as `msg`. */
  get message(): string {
    return this.msg
  }

  /** Python's `args`: always null, since pino has merged them into the message. */
  get args(): null {
    return null
  }

  /** Python's name of the level. */
  get levelname(): string {
    return levelname(this.level, this.#shape.customLevels)
  }

  /** Python's number of the level. */
  get levelno(): number {
    return levelno(this.level)
  }

  /** Python's `created`: seconds since the epoch. */
  get created(): number {
    return this.time / 1000
  }

  /** Python's `msecs`: the milliseconds of `created`, whole as in Python 3.10 and newer. */
  get msecs(): number {
    return ((Math.floor(this.time) % 1000) + 1000) % 1000
  }

  /** Python's `relativeCreated`: milliseconds since this package was loaded, as Python counts from its logging module. */
  get relativeCreated(): number {
    return this.time - LOADED
  }

  /** Python's `process`: pino's `pid` binding; null without it. */
  get process(): number | null {
    return asNumber(this.#own('pid'))
  }

  /** Python's `processName`: null, unless the line has it, since pino does not know it. */
  get processName(): string | null {
    return asText(this.#own('processName'))
  }

  /** Python's `thread`: null, unless the line has it, since pino does not know it. */
  get thread(): number | null {
    return asNumber(this.#own('thread'))
  }

  /** Python's `threadName`: null, unless the line has it, since pino does not know it. */
  get threadName(): string | null {
    return asText(this.#own('threadName'))
  }

  /** Python's `taskName`: null, unless the line has it, since Node has no tasks. */
  get taskName(): string | null {
    return asText(this.#own('taskName'))
  }

  /** Python's `pathname`: '(unknown file)', Python's own words, unless the line has it. */
  get pathname(): string {
    return asText(this.#own('pathname')) ?? '(unknown file)'
  }

  /** Python's `filename`: the last part of `pathname`. */
  get filename(): string {
    return asText(this.#own('filename')) ?? this.pathname.slice(this.pathname.search(/[^/\\]*$/))
  }

  /** Python's `module`: `filename` without its extension. */
  get module(): string {
    return asText(this.#own('module')) ?? parse(this.filename).name
  }

  /** Python's `lineno`: 0, as in Python for an unknown caller, unless the line has it. */
  get lineno(): number {
    return asNumber(this.#own('lineno')) ?? 0
  }

  /** Python's `funcName`: '(unknown function)', Python's own words, unless the line has it. */
  get funcName(): string {
    return asText(this.#own('funcName')) ?? '(unknown function)'
  }

  /** Python's `exc_info`: pino's serialized error, under `errorKey`; null without one. */
  get exc_info(): unknown {
    return this.#own(this.#shape.errorKey) ?? null
  }

  /** Python's `exc_text`: the error as text, with its causes; null without one. */
  get exc_text(): string | null {
    return excText(this.exc_info)
  }

  /** Python's `stack_info`: null, unless the line has it. */
  get stack_info(): string | null {
    return asText(this.#own('stack_info'))
  }

  /** Python's `asctime` in its default form and local time: `2017-10-15 00:00:00,123`. */
  get asctime(): string {
    const at = new Date(this.time)
    const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
    const clock = [two(at.getHours()), two(at.getMinutes()), two(at.getSeconds())].join(':')
    return `${date} ${clock},${String(this.msecs).padStart(3, '0')}`
  }

  /** An attribute or a binding by its name; undefined when the record has neither. */
  get(name: string): unknown {
    const attribute = ATTRIBUTES.get(name)
    return attribute ? attribute(this) : this.#own(name)
  }

  #own(key: string): unknown {
    const { nestedKey } = this.#shape
    const value = this.#outer(key)
    if (value !== undefined || nestedKey === null) return value
    const nested = this.#outer(nestedKey)
    return isObject(nested) && Object.hasOwn(nested, key) ? nested[key] : undefined
  }

  #outer(key: string): unknown {
    const start = !this.#fields && this.#isFlat ? fieldStart(key) : undefined
    if (start) return flatField(this.line, start)
    return Object.hasOwn(this.fields, key) ? this.fields[key] : undefined
  }

  get #isFlat(): boolean {
    this.#flat ??= isFlat(this.line)
    return this.#flat
  }

  #readLevel(): number {
    const { levelKey, customLevels } = this.#shape
    const value = levelKey === 'level' ? prefixLevel(this.line) : undefined
    return parseLevel(value ?? this.#own(levelKey), customLevels) ?? INFO
  }

  #readTime(): number {
    const { timeKey } = this.#shape
    const value = timeKey === 'time' ? prefixTime(this.line) : undefined
    return parseTime(value ?? this.#own(timeKey)) ?? Date.now()
  }
}

// The names that `get` answers by an attribute.
const ATTRIBUTES: ReadonlyMap<string, (record: LogRecord) => unknown> = new Map<string, (record: LogRecord) => unknown>(
  [
    ['name', (record) => record.name],
    ['msg', (record) => record.msg],
    ['message', (record) => record.message],
    ['args', (record) => record.args],
    ['levelname', (record) => record.levelname],
    ['levelno', (record) => record.levelno],
    ['created', (record) => record.created],
    ['msecs', (record) => record.msecs],
    ['relativeCreated', (record) => record.relativeCreated],
    ['asctime', (record) => record.asctime],
    ['process', (record) => record.process],
    ['processName', (record) => record.processName],
    ['thread', (record) => record.thread],
    ['threadName', (record) => record.threadName],
    ['taskName', (record) => record.taskName],
    ['pathname', (record) => record.pathname],
    ['filename', (record) => record.filename],
    ['module', (record) => record.module],
    ['lineno', (record) => record.lineno],
    ['funcName', (record) => record.funcName],
    ['exc_info', (record) => record.exc_info],
    ['exc_text', (record) => record.exc_text],
    ['stack_info', (record) => record.stack_info],
  ],
)

function parseFields(line: string): Fields {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : NO_FIELDS
  } catch {
    return NO_FIELDS
  }
}

function asText(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return null
  return typeof value === 'object' ? jsonText(value) : String(value)
}

function asNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`
}
