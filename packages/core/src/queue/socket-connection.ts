// A connection of a socket queue, at the side that takes.

import type { Socket } from 'node:net'
import { toError } from '../errors.js'
import type { BatchStore } from './batch-store.js'
import type { QueueBatch } from './queue.js'
import { acknowledgementOf, GREETING, Pieces } from './socket-frames.js'

// Characters that may be unsettled before no more is read.
const MAX_UNSETTLED = 4 * 1024 * 1024

// Characters in the store up to which it keeps what it got of a connection that broke. Above it nothing is kept: who has
// put it has it too, if they are still there.
const MAX_LEFT_BEHIND = 16 * 1024 * 1024

/** Hears of a connection. */
export interface ConnectionUser {
  /** What is at the other end does not put into a queue; the connection is over. */
  foreign(error: Error): void
  closed(): void
}

/** Puts what one connection brings into a store, and tells it what is settled. */
export class ListenerConnection {
  readonly #socket: Socket
  readonly #store: BatchStore
  readonly #user: ConnectionUser
  readonly #pieces = new Pieces()
  readonly #withdrawals: Set<() => void> = new Set()
  // In the order in which they came, which is that of acknowledgements.
  #batches: { settled: boolean }[] = []
  #unsettled = 0
  #greeted = false
  #over = false

  constructor(socket: Socket, store: BatchStore, user: ConnectionUser) {
    this.#socket = socket
    this.#store = store
    this.#user = user
    socket.write(GREETING, 'latin1')
    socket.on('data', (chunk) => this.#read(chunk))
    // Who has put hears of it as well, and puts again.
    socket.on('error', () => {})
    socket.on('close', () => this.#closed())
  }

  /** Ends it when all acknowledgements have gone; resolves when it is closed, at the latest when `signal` aborts. */
  end(signal: AbortSignal): Promise<void> {
    const socket = this.#socket
    this.#over = true
    if (signal.aborted) socket.destroy()
    if (socket.closed) return Promise.resolve()
    return new Promise((resolve) => {
      const cut = (): void => {
        socket.destroy()
      }
      signal.addEventListener('abort', cut)
      socket.once('close', () => {
        signal.removeEventListener('abort', cut)
        resolve()
      })
      socket.resume()
      socket.end()
    })
  }

  #read(chunk: Buffer): void {
    if (this.#over) return
    this.#pieces.add(chunk)
    try {
      this.#greeted ||= this.#pieces.takeGreeting() === true
      if (this.#greeted) this.#add(this.#takeAll())
    } catch (error) {
      this.#over = true
      this.#socket.destroy()
      this.#user.foreign(toError(error))
    }
  }

  #takeAll(): readonly QueueBatch[] {
    const batches: QueueBatch[] = []
    for (let batch = this.#pieces.takeBatch(); batch; batch = this.#pieces.takeBatch()) batches.push(batch)
    return batches
  }

  #add(batches: readonly QueueBatch[]): void {
    if (batches.length === 0) return
    const marks = new Map(batches.map((batch) => [batch, { settled: false }]))
    this.#batches.push(...marks.values())
    for (const { data } of batches) this.#unsettled += data.length
    const withdraw = this.#store.add(batches, (batch) => {
      const mark = marks.get(batch)
      marks.delete(batch)
      if (mark) mark.settled = true
      if (marks.size === 0) this.#withdrawals.delete(withdraw)
      this.#settled(batch)
    })
    this.#withdrawals.add(withdraw)
    if (this.#unsettled > MAX_UNSETTLED) this.#socket.pause()
  }

  #settled({ data }: QueueBatch): void {
    this.#unsettled -= data.length
    if (this.#unsettled <= MAX_UNSETTLED && !this.#over) this.#socket.resume()
    const first = this.#batches.findIndex(({ settled }) => !settled)
    const count = first === -1 ? this.#batches.length : first
    this.#batches = this.#batches.slice(count)
    if (count > 0 && this.#socket.writable) this.#socket.write(acknowledgementOf(count))
  }

  #closed(): void {
    this.#over = true
    if (this.#store.size > MAX_LEFT_BEHIND) for (const withdraw of this.#withdrawals) withdraw()
    this.#withdrawals.clear()
    this.#user.closed()
  }
}
