// What goes over the connection of a socket queue: a greeting both ways, then batches one way and acknowledgements back.

import type { QueueBatch } from './queue.js'

/** What each side begins with, so that neither takes something else for a queue. */
export const GREETING = 'pino-handlers queue 1\n'

// The bytes that a batch may take at most, with its id.
const MAX_FRAME = 64 * 1024 * 1024

const MAX_ID = 0xff_ff

// A frame is four bytes for the length of what follows them, four for the count, two for the length of the id, the id and
// the text. An acknowledgement is four bytes: how many more batches of the connection are settled.
const LENGTH = 4
const HEAD = 6

/** The bytes that the lines of a batch may take at most. */
export const MAX_DATA: number = MAX_FRAME - HEAD - MAX_ID

/** A batch as it goes over the connection; throws an Error when it is too large. */
export function frameOf({ id, data, count }: QueueBatch): Buffer {
  const idSize = Buffer.byteLength(id)
  const size = HEAD + idSize + Buffer.byteLength(data)
  if (size > MAX_FRAME || idSize > MAX_ID) {
    throw new Error(`a batch of ${size} bytes is too large: a socket queue takes ${MAX_FRAME}`)
  }
  const frame = Buffer.allocUnsafe(LENGTH + size)
  frame.writeUInt32BE(size, 0)
  frame.writeUInt32BE(count, LENGTH)
  frame.writeUInt16BE(idSize, LENGTH + 4)
  frame.write(id, LENGTH + HEAD)
  frame.write(data, LENGTH + HEAD + idSize)
  return frame
}

/** `count` more batches are settled. */
export function acknowledgementOf(count: number): Buffer {
  const bytes = Buffer.allocUnsafe(LENGTH)
  bytes.writeUInt32BE(count)
  return bytes
}

/** Gathers what comes over a connection and cuts it where its pieces end. */
export class Pieces {
  #chunks: Buffer[] = []
  #size = 0

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
  }

  /** The first `size` bytes that came, once there are so many; they stay. */
  peek(size: number): Buffer | undefined {
    if (this.#size < size) return undefined
    const [first] = this.#chunks
    if (first && first.length >= size) return first.subarray(0, size)
    const joined = Buffer.concat(this.#chunks, this.#size)
    this.#chunks = [joined]
    return joined.subarray(0, size)
  }

  /** The same, and they go. */
  take(size: number): Buffer | undefined {
    const bytes = this.peek(size)
    const [first] = this.#chunks
    if (!bytes || !first) return undefined
    this.#chunks = first.length === size ? [] : [first.subarray(size)]
    this.#size -= size
    return bytes
  }

  /** Whether what came is the greeting: undefined as long as it may become one. Throws an Error when it cannot. */
  takeGreeting(): true | undefined {
    const size = Math.min(this.#size, GREETING.length)
    const begin = this.peek(size)?.toString('latin1') ?? ''
    if (begin !== GREETING.slice(0, size)) throw new Error(`it began with ${JSON.stringify(begin)}`)
    if (size < GREETING.length) return undefined
    this.take(size)
    return true
  }

  /** The next batch, once it has come whole; throws an Error when what came is none. */
  takeBatch(): QueueBatch | undefined {
    const size = this.peek(LENGTH)?.readUInt32BE()
    if (size === undefined) return undefined
    if (size < HEAD || size > MAX_FRAME) throw new Error(`it sent a batch of ${size} bytes`)
    const frame = this.take(LENGTH + size)?.subarray(LENGTH)
    if (!frame) return undefined
    const end = HEAD + frame.readUInt16BE(4)
    if (end > size) throw new Error('it sent a batch with an id that is longer than the batch')
    return { id: frame.toString('utf8', HEAD, end), data: frame.toString('utf8', end), count: frame.readUInt32BE(0) }
  }

  /** How many more batches are settled, by all that came so far. */
  takeAcknowledged(): number {
    let count = 0
    for (let bytes = this.take(LENGTH); bytes; bytes = this.take(LENGTH)) count += bytes.readUInt32BE()
    return count
  }
}
