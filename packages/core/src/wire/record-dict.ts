// A record as the dictionary that Python's `logging.makeLogRecord` takes: what SocketHandler puts on the wire.

import { isObject } from '../is-object.js'
import { Float } from '../python/value.js'
import type { LogRecord } from '../record.js'
import type { RecordShape } from '../record-shape.js'
import { parseExactly } from './exact-integers.js'
import { PickleWriter } from './pickle.js'

type Fields = Readonly<Record<string, unknown>>

interface Attribute {
  readonly name: string
  readonly read: (record: LogRecord) => unknown
  /** What it is for every line that has no field of its name. */
  readonly otherwise?: string | number | null
  /** What a field of its name has to be for LogRecord to take it over. */
  readonly takes?: 'text' | 'number'
  /** It is left out rather than None. */
  readonly optional?: boolean
}

// In the order in which Python's LogRecord sets them.
const ATTRIBUTES: readonly Attribute[] = [
  { name: 'name', read: (record) => record.name },
  { name: 'msg', read: (record) => record.msg },
  { name: 'args', read: () => null, otherwise: null },
  { name: 'levelname', read: (record) => record.levelname },
  { name: 'levelno', read: (record) => record.levelno },
  { name: 'pathname', read: (record) => record.pathname, otherwise: '(unknown file)', takes: 'text' },
  { name: 'filename', read: (record) => record.filename, otherwise: '(unknown file)', takes: 'text' },
  { name: 'module', read: (record) => record.module, otherwise: '(unknown file)', takes: 'text' },
  { name: 'exc_info', read: () => null, otherwise: null },
  { name: 'exc_text', read: (record) => record.exc_text },
  { name: 'stack_info', read: (record) => record.stack_info, otherwise: null, takes: 'text' },
  { name: 'lineno', read: (record) => record.lineno, otherwise: 0, takes: 'number' },
  { name: 'funcName', read: (record) => record.funcName, otherwise: '(unknown function)', takes: 'text' },
  { name: 'created', read: (record) => new Float(record.created) },
  { name: 'msecs', read: (record) => new Float(record.msecs) },
  { name: 'relativeCreated', read: (record) => new Float(record.relativeCreated) },
  { name: 'thread', read: (record) => record.thread, otherwise: null, takes: 'number' },
  { name: 'threadName', read: (record) => record.threadName, otherwise: null, takes: 'text' },
  { name: 'processName', read: (record) => record.processName, otherwise: null, takes: 'text' },
  { name: 'process', read: (record) => record.process },
  // Python has it since 3.12, and does not miss it.
  { name: 'taskName', read: (record) => record.taskName, takes: 'text', optional: true },
]

/** The names of all attributes. */
export const ATTRIBUTE_NAMES: ReadonlySet<string> = new Set(ATTRIBUTES.map(({ name }) => name))

// Names that a field cannot have for itself, with what LogRecord takes over from it. A formatter sets the first two.
const TAKEN: ReadonlyMap<string, Attribute['takes']> = new Map<string, Attribute['takes']>([
  ['message', undefined],
  ['asctime', undefined],
  ...ATTRIBUTES.map(({ name, takes }) => [name, takes] as const),
])

interface Step {
  /** The pickled names and values before it, and its own name. */
  readonly lead: Uint8Array
  readonly attribute: Attribute
}

interface Plan {
  readonly steps: readonly Step[]
  readonly end: Uint8Array
}

// Most lines know nothing of files, functions and threads: what is the same for all of them is pickled once.
const USUAL: Plan = planOf(({ otherwise }) => otherwise !== undefined)
const GENERAL: Plan = planOf(() => false)

// A key as it was met in a line before.
interface Key {
  readonly name: string
  readonly pickled: Uint8Array
  /** Always an extra of that name; otherwise it depends on the value. */
  readonly plain: boolean
}

// Keys are names in a program; if they are data after all, they do not stay.
const MOST_KEYS = 1000

const LONG_NUMBER = /\d{16}/

/**
 * The attributes of a record as Python's SocketHandler sends them, then all else that the line says, as `extra`.
 *
 * `msg` is the merged message, `args` and `exc_info` are null, `created`, `msecs` and `relativeCreated` are `Float`s. A
 * field that is called like an attribute and cannot be it (`args`, `created`, a `lineno` that is no number) goes by its
 * name with an underscore behind it: `args_`. Integers beyond 2 ** 53 are bigints. Python: `SocketHandler.makePickle`.
 */
export function recordDict(record: LogRecord): Record<string, unknown> {
  const dict: Record<string, unknown> = Object.create(null)
  for (const { name, read, optional } of ATTRIBUTES) {
    const value = read(record)
    if (!optional || value !== null) dict[name] = value
  }
  const fields = LONG_NUMBER.test(record.line) ? exactFields(record) : record.fields
  for (const [key, value] of Object.entries(fields)) {
    const name = extraName(key, value, record)
    if (name !== undefined) dict[name] = value
  }
  return dict
}

/** Writes the pickle of each record's dictionary, as `pickle(recordDict(record))`, with no object in between. */
export class RecordPickler {
  readonly #writer: PickleWriter
  readonly #keys = new Keys()

  constructor(writer: PickleWriter) {
    this.#writer = writer
  }

  /** Writes one record; when it throws, what it has written so far has to be taken back. */
  write(record: LogRecord): void {
    const writer = this.#writer
    const start = writer.position
    writer.rounded = false
    this.#write(record, record.fields)
    if (!writer.rounded) return
    writer.rewind(start)
    this.#write(record, exactFields(record))
  }

  #write(record: LogRecord, fields: Fields): void {
    const { usual, extras } = this.#keys.layoutOf(fields, record.shape)
    const writer = this.#writer
    writer.openDict()
    const { steps, end } = usual ? USUAL : GENERAL
    for (const { lead, attribute } of steps) {
      writer.raw(lead)
      writer.value(attribute.read(record))
    }
    writer.raw(end)
    if (!usual) this.#optional(record)
    for (const key of extras) {
      if (key.plain) {
        writer.raw(key.pickled)
        writer.value(fields[key.name])
      } else this.#extra(key.name, fields[key.name], record)
    }
    writer.closeDict()
    writer.stop()
  }

  #optional(record: LogRecord): void {
    for (const { name, read, optional } of ATTRIBUTES) {
      const value = optional ? read(record) : null
      if (value !== null) this.#pair(name, value)
    }
  }

  #extra(key: string, value: unknown, record: LogRecord): void {
    const name = extraName(key, value, record)
    if (name !== undefined) this.#pair(name, value)
  }

  #pair(name: string, value: unknown): void {
    this.#writer.text(name)
    this.#writer.value(value)
  }
}

// What has to be known of the keys of a line before its first attribute is written.
interface Layout {
  /** No key is called like an attribute. */
  readonly usual: boolean
  /** Keys that are extras, or may be, in the order of the line. */
  readonly extras: readonly Key[]
}

class Keys {
  readonly #known = new Map<string, Key>()
  #shape: RecordShape | undefined
  #names: readonly string[] = []
  #layout: Layout = { usual: false, extras: [] }

  /** The layout of a line with these fields; the same as the last one's when the keys are the same, as they often are. */
  layoutOf(fields: Fields, shape: RecordShape): Layout {
    const names = Object.keys(fields)
    if (shape === this.#shape && isSame(names, this.#names)) return this.#layout
    if (shape !== this.#shape) this.#known.clear()
    const extras = names.filter((name) => !isOwn(name, shape)).map((name) => this.#keyOf(name, shape))
    const usual = shape.nestedKey === null && extras.every(({ name }) => !TAKEN.has(name))
    this.#shape = shape
    this.#names = names
    this.#layout = { usual, extras }
    return this.#layout
  }

  #keyOf(name: string, shape: RecordShape): Key {
    const known = this.#known.get(name)
    if (known) return known
    const key = keyOf(name, shape)
    if (this.#known.size < MOST_KEYS) this.#known.set(name, key)
    return key
  }
}

function isSame(names: readonly string[], others: readonly string[]): boolean {
  if (names.length !== others.length) return false
  for (let i = 0; i < names.length; i++) if (names[i] !== others[i]) return false
  return true
}

function keyOf(name: string, shape: RecordShape): Key {
  const writer = new PickleWriter()
  writer.text(name)
  return { name, pickled: writer.take(), plain: !TAKEN.has(name) && name !== shape.errorKey && name !== 'pid' }
}

function planOf(fixed: (attribute: Attribute) => boolean): Plan {
  const writer = new PickleWriter()
  const steps: Step[] = []
  for (const attribute of ATTRIBUTES) {
    if (attribute.optional) continue
    writer.text(attribute.name)
    if (fixed(attribute)) writer.value(attribute.otherwise)
    else steps.push({ lead: writer.take(), attribute })
  }
  return { steps, end: writer.take() }
}

// Keys that are in the attributes whatever their value.
function isOwn(key: string, shape: RecordShape): boolean {
  return key === shape.levelKey || key === shape.timeKey || key === shape.messageKey || key === 'name'
}

// The name by which a field goes as extra; undefined when an attribute says it already.
function extraName(key: string, value: unknown, record: LogRecord): string | undefined {
  const { shape } = record
  if (isOwn(key, shape)) return undefined
  if (key === shape.errorKey && (value === null || record.exc_text !== null)) return undefined
  if (key === 'pid' && (value === null || typeof value === 'number')) return undefined
  if (!TAKEN.has(key)) return key
  const takes = TAKEN.get(key)
  const taken = value === null || takes === 'text' || takes === typeof value
  return taken ? undefined : `${key}_`
}

function exactFields(record: LogRecord): Fields {
  const value = parseExactly(record.line)
  return isObject(value) ? value : record.fields
}
