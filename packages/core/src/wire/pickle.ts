// Python's pickle format, of which only plain data is ever written: no opcode here makes a receiver call anything.
//
// The opcodes are those of protocol 1, as SocketHandler's, which every Python reads. There is no memo: a value that is
// referred to twice is written twice.

import { Float, Tuple, typeName } from '../python/value.js'
import { writeUtf8 } from './surrogates.js'

// Python's own pickler fails at about this depth, and so do its readers of what was read.
const MAX_DEPTH = 1000

// CPython reads no longer integer from text (`sys.int_info.default_max_str_digits`).
const MAX_DIGITS = 4300

// Up to here a string is copied faster by a loop than by a call out of JavaScript.
const SHORT = 24

// One value, a batch of records, and what is given back after a batch that needed more.
const [SMALL_SIZE, BATCH_SIZE, MAX_KEPT] = [1 << 10, 1 << 14, 1 << 20]

const [INT_LIMIT, BYTE, TWO_BYTES] = [2 ** 31, 0x100, 0x10000]

const OP = {
  mark: 0x28, // (
  tuple: 0x74, // t
  emptyTuple: 0x29, // )
  stop: 0x2e, // .
  float: 0x47, // G
  int: 0x49, // I
  int4: 0x4a, // J
  int1: 0x4b, // K
  long: 0x4c, // L
  int2: 0x4d, // M
  none: 0x4e, // N
  text: 0x58, // X
  emptyList: 0x5d, // ]
  appends: 0x65, // e
  setItems: 0x75, // u
  emptyDict: 0x7d, // }
  newline: 0x0a,
} as const

/**
 * A value as a pickle of protocol 1: null and undefined become None, integral numbers and bigints `int`, other numbers,
 * -0 and `Float` `float`, arrays `list`, `Tuple` `tuple`, plain objects and Maps `dict`.
 * @throws for anything else, for what refers to itself, and for what is nested 1000 deep. Python: `pickle.dumps(value, 1)`.
 */
export function pickle(value: unknown): Buffer {
  const writer = new PickleWriter(SMALL_SIZE)
  writer.value(value)
  writer.stop()
  return writer.take()
}

/** Writes pickles, and what goes between them, one after the other into one buffer. */
export class PickleWriter {
  #bytes: Buffer
  #at = 0
  readonly #ancestors: object[] = []

  /** A number was written that JavaScript may have rounded: integral and beyond 2 ** 53. Stays true until set otherwise. */
  rounded = false

  /** @param size bytes to begin with; it grows as it needs to */
  constructor(size: number = BATCH_SIZE) {
    this.#bytes = Buffer.allocUnsafe(size)
  }

  /** Bytes written so far. */
  get position(): number {
    return this.#at
  }

  /** Forgets what was written since `position`, also when that broke off half-way. */
  rewind(position: number): void {
    this.#at = position
    this.#ancestors.length = 0
  }

  /** What was written, in memory of its own; the writer begins anew. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#at))
    this.#at = 0
    if (this.#bytes.length > MAX_KEPT) this.#bytes = Buffer.allocUnsafe(BATCH_SIZE)
    return taken
  }

  /** What was written since `start`, until the next byte is written. */
  since(start: number): Buffer {
    return this.#bytes.subarray(start, this.#at)
  }

  /** Leaves room for `size` bytes and returns where, for `patch` and `patchLength`. */
  skip(size: number): number {
    this.#reserve(size)
    this.#at += size
    return this.#at - size
  }

  patch(position: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, position)
  }

  /** Four bytes, most significant first. Python: `struct.pack('>L', length)`. */
  patchLength(position: number, length: number): void {
    this.#bytes.writeUInt32BE(length, position)
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    if (bytes.length > SHORT) this.#bytes.set(bytes, this.#at)
    else for (let i = 0; i < bytes.length; i++) this.#bytes[this.#at + i] = bytes[i] ?? 0
    this.#at += bytes.length
  }

  /** Begins a dict that is not empty; keys and values follow. */
  openDict(): void {
    this.#op(OP.emptyDict)
    this.#op(OP.mark)
  }

  closeDict(): void {
    this.#op(OP.setItems)
  }

  /** Ends a pickle. */
  stop(): void {
    this.#op(OP.stop)
  }

  value(value: unknown): void {
    if (typeof value === 'string') this.text(value)
    else if (typeof value === 'number') this.#number(value)
    else if (value === null || value === undefined) this.#op(OP.none)
    else if (typeof value === 'boolean') this.#line(OP.int, value ? '01' : '00')
    else if (typeof value === 'object') this.#object(value)
    else if (typeof value === 'bigint') this.#integer(value)
    else throw new Error(`cannot pickle a ${typeof value}`)
  }

  /** A `str`; a surrogate without its other half is kept, as Python keeps it. */
  text(text: string): void {
    const { length } = text
    this.#reserve(5 + 3 * length)
    const start = this.#at + 5
    const size = (length <= SHORT && this.#ascii(text, start)) || this.#utf8(text, start)
    this.#bytes[this.#at] = OP.text
    this.#bytes.writeUInt32LE(size, this.#at + 1)
    this.#at = start + size
  }

  // Returns 0 when there is nothing to write or something else than ASCII.
  #ascii(text: string, start: number): number {
    const bytes = this.#bytes
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 127) return 0
      bytes[start + i] = unit
    }
    return text.length
  }

  #utf8(text: string, start: number): number {
    if (text.isWellFormed()) return this.#bytes.write(text, start)
    return writeUtf8(text, this.#bytes, start)
  }

  #number(value: number): void {
    if (!Number.isInteger(value) || Object.is(value, -0)) this.#float(value)
    else if (value >= -INT_LIMIT && value < INT_LIMIT) this.#int(value)
    else if (Number.isSafeInteger(value)) this.#line(OP.long, `${value}L`)
    else {
      this.rounded = true
      this.#integer(BigInt(value))
    }
  }

  #float(value: number): void {
    this.#reserve(9)
    this.#bytes[this.#at] = OP.float
    this.#at = this.#bytes.writeDoubleBE(value, this.#at + 1)
  }

  #int(value: number): void {
    this.#reserve(5)
    const bytes = this.#bytes
    if (value < 0 || value >= TWO_BYTES) {
      bytes[this.#at] = OP.int4
      this.#at = bytes.writeInt32LE(value, this.#at + 1)
    } else if (value < BYTE) {
      bytes[this.#at++] = OP.int1
      bytes[this.#at++] = value
    } else {
      bytes[this.#at] = OP.int2
      this.#at = bytes.writeUInt16LE(value, this.#at + 1)
    }
  }

  #integer(value: bigint): void {
    if (value >= -INT_LIMIT && value < INT_LIMIT) {
      this.#int(Number(value))
      return
    }
    const digits = String(value)
    if (digits.length > MAX_DIGITS) throw new Error(`cannot pickle an integer of ${digits.length} digits`)
    this.#line(OP.long, `${digits}L`)
  }

  #object(value: object): void {
    if (value instanceof Float) {
      this.#float(value.value)
      return
    }
    if (this.#ancestors.length >= MAX_DEPTH) throw new Error(`cannot pickle what is nested ${MAX_DEPTH} deep`)
    if (this.#ancestors.includes(value)) throw new Error(`cannot pickle a ${typeName(value)} that contains itself`)
    this.#ancestors.push(value)
    if (Array.isArray(value)) this.#sequence(value, OP.appends)
    else if (value instanceof Tuple) this.#sequence(value.items, OP.tuple)
    else if (value instanceof Map) this.#map(value)
    else this.#dict(value)
    this.#ancestors.pop()
  }

  #sequence(items: readonly unknown[], end: typeof OP.appends | typeof OP.tuple): void {
    const isTuple = end === OP.tuple
    if (!isTuple || items.length === 0) this.#op(isTuple ? OP.emptyTuple : OP.emptyList)
    if (items.length === 0) return
    this.#op(OP.mark)
    for (const item of items) this.value(item)
    this.#op(end)
  }

  #map(map: ReadonlyMap<unknown, unknown>): void {
    if (map.size === 0) {
      this.#op(OP.emptyDict)
      return
    }
    this.openDict()
    for (const [key, value] of map) {
      assertHashable(key)
      this.value(key)
      this.value(value)
    }
    this.closeDict()
  }

  #dict(dict: object): void {
    assertPlain(dict)
    const keys = Object.keys(dict)
    if (keys.length === 0) {
      this.#op(OP.emptyDict)
      return
    }
    this.openDict()
    for (const key of keys) {
      this.text(key)
      this.value(dict[key])
    }
    this.closeDict()
  }

  #line(op: number, text: string): void {
    this.#reserve(text.length + 2)
    this.#bytes[this.#at] = op
    this.#ascii(text, this.#at + 1)
    this.#at += text.length + 2
    this.#bytes[this.#at - 1] = OP.newline
  }

  #op(op: number): void {
    this.#reserve(1)
    this.#bytes[this.#at++] = op
  }

  #reserve(size: number): void {
    if (this.#at + size > this.#bytes.length) this.#grow(this.#at + size)
  }

  #grow(size: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(size, 2 * this.#bytes.length))
    grown.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = grown
  }
}

function assertPlain(value: object): asserts value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return
  const kind = typeName(value)
  if (kind === 'bytes') {
    throw new Error('cannot pickle bytes: protocol 1 needs a global for them, which a safe receiver refuses')
  }
  throw new Error(`cannot pickle a ${kind || 'nameless class'}`)
}

// A dict that Python could not build would cost the receiver's connection.
function assertHashable(key: unknown): void {
  if (key instanceof Tuple) for (const item of key.items) assertHashable(item)
  else if (typeof key === 'object' && key !== null && !(key instanceof Float)) {
    throw new Error(`cannot pickle a dict with a ${typeName(key)} as key`)
  }
}
