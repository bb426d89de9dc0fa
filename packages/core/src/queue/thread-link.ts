// How batches get from the thread that puts them to the one that takes them.

import type { MessagePort } from 'node:worker_threads'
import type { BatchStore } from './batch-store.js'
import type { QueueBatch } from './queue.js'
import { Taker } from './taker.js'

// From the thread that takes: that somebody waits, or which batches are settled.
type Request = { readonly want: true } | { readonly settled: string }

/** The end in the thread that takes: it asks for batches when somebody waits, and passes on that they are settled. */
export class Inlet {
  readonly #port: MessagePort
  readonly #store: BatchStore
  readonly #closed: () => void
  readonly #withdrawals: Set<() => void> = new Set()
  #wanted = false

  constructor(port: MessagePort, store: BatchStore, closed: () => void) {
    this.#port = port
    this.#store = store
    this.#closed = closed
    port.on('message', (batches: readonly QueueBatch[]) => this.#receive(batches))
    port.on('close', () => this.#end())
    port.unref()
  }

  /** Asks for batches, unless it has and got none yet. */
  want(): void {
    if (this.#wanted) return
    this.#wanted = true
    this.#port.postMessage({ want: true } satisfies Request)
  }

  close(): void {
    this.#port.close()
    this.#end()
  }

  #receive(batches: readonly QueueBatch[]): void {
    this.#wanted = false
    let left = batches.length
    const settled = ({ id }: QueueBatch): void => {
      left--
      if (left === 0) this.#withdrawals.delete(withdraw)
      this.#port.postMessage({ settled: id } satisfies Request)
    }
    const withdraw = this.#store.add(batches, settled, true)
    this.#withdrawals.add(withdraw)
    if (this.#store.isHungry) this.want()
  }

  // The other thread still has what is not settled, or has ended and can answer for nothing.
  #end(): void {
    for (const withdraw of this.#withdrawals) withdraw()
    this.#withdrawals.clear()
    this.#closed()
  }
}

/** The end in the thread that puts: one of those who take from its store, for as long as the other thread is there. */
export class Outlet {
  readonly #port: MessagePort
  readonly #taker: Taker
  readonly #over = new AbortController()

  constructor(port: MessagePort, store: BatchStore, closed: () => void) {
    this.#port = port
    this.#taker = new Taker(store, false)
    port.on('message', (request: Request) => {
      if ('want' in request) this.#send()
      else this.#taker.acknowledge([{ id: request.settled }])
    })
    port.on('close', () => {
      this.close()
      closed()
    })
    port.unref()
  }

  close(): void {
    this.#over.abort()
    this.#port.close()
    this.#taker.close()
  }

  async #send(): Promise<void> {
    const batches = await this.#taker.take(this.#over.signal)
    // Objects of others may have what cannot be sent.
    const plain = batches.map(({ id, data, count }) => ({ id, data, count }))
    if (plain.length > 0) this.#port.postMessage(plain)
  }
}
