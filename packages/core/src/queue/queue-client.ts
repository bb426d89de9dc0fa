// Putting into a queue as sending over a connection: outbox, back-off and books are those of every handler that sends.

import { toError } from '../errors.js'
import type { Client, ClientWords, Connection, ConnectionListener, Part } from '../net/client.js'
import type { Queue, QueueBatch } from './queue.js'
import { fits, splitBatch } from './split-batch.js'

/** The end of a queue where batches are put in. */
export type QueueInlet = Pick<Queue, 'label' | 'maxBatchBytes' | 'put' | 'putNow'>

/** How a {@link queueClient} goes about a queue that does not take batches. */
export interface QueueClientOptions {
  /**
   * The user sends again what could not be put. A connection after a failure then opens only when the queue has taken
   * that, so that a queue which stays full counts as away. Default: true.
   */
  readonly sendsAgain?: boolean
}

const WORDS: ClientWords = {
  cannot: 'cannot put into',
  lost: 'cannot put into',
  well: 'records go into',
  failure: 'put',
}

/**
 * A client of a queue; its parts must be {@link QueueBatch}es. What `put` rejects with closes the connection, and the same
 * batches come again. It does not close the queue.
 */
export function queueClient(queue: QueueInlet, { sendsAgain = true }: QueueClientOptions = {}): Client {
  const past: Past = { failed: [] }
  return {
    label: queue.label,
    isLocal: true,
    words: WORDS,
    connect: (listener) => new QueueConnection(queue, listener, sendsAgain ? past : { failed: [] }),
  }
}

// What the connection before could not put.
interface Past {
  failed: readonly QueueBatch[]
}

type Done = Parameters<Connection['send']>[1]

interface Load {
  readonly batches: readonly QueueBatch[]
  /** Called with how many of the batches are safe. */
  readonly done: (taken: number) => void
  hasStarted: boolean
  isSafe: boolean
}

class QueueConnection implements Connection {
  readonly #queue: QueueInlet
  readonly #listener: ConnectionListener
  readonly #past: Past
  readonly #end = new AbortController()
  #state: 'opening' | 'open' | 'over' = 'opening'
  #load: Load | undefined
  // What was put to find out whether the queue takes it.
  #known: ReadonlySet<Part> = new Set()
  // A put has not settled, be it one that `sendNow` has overtaken.
  #isPutting = false
  #isLastMoment = false

  constructor(queue: QueueInlet, listener: ConnectionListener, past: Past) {
    this.#queue = queue
    this.#listener = listener
    this.#past = past
    const { failed } = past
    past.failed = []
    // What is too large is refused when it is sent: a server may say only now how much it takes.
    const some = this.#upToTooLarge(failed)
    if (some.length > 0) this.#load = loadOf(some, (taken) => this.#open(some.slice(0, taken)))
    process.nextTick(() => (this.#load ? this.#put() : this.#open()))
  }

  send(parts: readonly Part[], done: Done): void {
    const all = parts.map(batchOf)
    const some = this.#upToTooLarge(all)
    if (some.length === 0) {
      process.nextTick(() => this.#refuse(all, done))
      return
    }
    const batches = some.filter((batch) => !this.#known.has(batch))
    const known = some.length - batches.length
    this.#known = new Set()
    this.#load = loadOf(batches, (taken) => done(known + taken))
    // `sendNow` comes first.
    if (this.#isLastMoment) process.nextTick(() => this.#put())
    else this.#put()
  }

  sendNow(): void {
    this.#isLastMoment = true
    if (this.#load) this.#putNow(this.#load)
    else this.#open()
    this.#isLastMoment = false
  }

  async end(): Promise<void> {}

  destroy(): void {
    this.#state = 'over'
    this.#end.abort()
  }

  #open(known: readonly QueueBatch[] = []): void {
    if (this.#state !== 'opening') return
    this.#state = 'open'
    this.#known = new Set(known)
    this.#listener.opened()
  }

  #upToTooLarge(all: readonly QueueBatch[]): readonly QueueBatch[] {
    const tooLarge = all.findIndex((batch) => this.#isTooLarge(batch))
    return tooLarge === -1 ? all : all.slice(0, tooLarge)
  }

  #isTooLarge(batch: QueueBatch): boolean {
    return !fits(batch, this.#maxBytes)
  }

  get #maxBytes(): number {
    return this.#queue.maxBatchBytes ?? Number.POSITIVE_INFINITY
  }

  // The first one would be put in vain for ever, and keep all others waiting.
  #refuse([batch]: readonly QueueBatch[], done: Done): void {
    if (this.#state === 'over') return
    const pieces = batch ? splitBatch(batch, this.#maxBytes) : []
    if (pieces.length > 1) done(0, undefined, pieces)
    else done(0, new Error(`a record of more than ${this.#maxBytes} bytes is too large for the queue`))
  }

  // A queue takes one put at a time.
  #put(): void {
    const load = this.#load
    if (!load || load.hasStarted || this.#isPutting || this.#state === 'over') return
    load.hasStarted = true
    const waiting = this.#startPut(load)
    if (waiting) {
      this.#isPutting = true
      waiting.then(
        () => this.#settle(load),
        (error) => this.#fail(load, error),
      )
    } else {
      load.isSafe = true
      process.nextTick(() => this.#settle(load))
    }
  }

  #startPut({ batches }: Load): Promise<void> | undefined {
    try {
      const put = batches.length > 0 && this.#queue.put(batches, this.#end.signal)
      // Only what can be waited for: `put: (batches) => array.push(...batches)` returns a number.
      return typeof put === 'object' && put !== null ? Promise.resolve(put) : undefined
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #settle(load: Load): void {
    if (!load.isSafe) this.#isPutting = false
    if (this.#state === 'over') return
    if (load === this.#load) this.#finish(load, load.batches.length)
    else this.#put()
  }

  #fail(load: Load, error: unknown): void {
    this.#isPutting = false
    if (this.#state === 'over') return
    if (load !== this.#load) {
      this.#put()
      return
    }
    // The server has said only now how much it takes.
    if (this.#state === 'open' && load.batches.some((batch) => this.#isTooLarge(batch))) {
      this.#finish(load, 0)
      return
    }
    this.#state = 'over'
    this.#past.failed = load.batches
    this.#listener.closed(toError(error), 0)
  }

  // A put that is under way may be too late: its batches are put once more, with the same ids.
  #putNow(load: Load): void {
    if (!this.#queue.putNow || load.batches.length === 0) this.#put()
    const taken = load.isSafe ? load.batches.length : this.#takenNow(load.batches)
    if (taken > 0 || load.isSafe) this.#finish(load, taken)
  }

  #takenNow(batches: readonly QueueBatch[]): number {
    try {
      return this.#queue.putNow?.(batches) ?? 0
    } catch (error) {
      this.#listener.failed(toError(error))
      return 0
    }
  }

  #finish(load: Load, taken: number): void {
    this.#load = undefined
    load.done(taken)
  }
}

function loadOf(batches: readonly QueueBatch[], done: (taken: number) => void): Load {
  return { batches, done, hasStarted: false, isSafe: false }
}

function batchOf(part: Part | QueueBatch): QueueBatch {
  if ('id' in part) return part
  throw new TypeError('a queue takes batches with an id')
}
