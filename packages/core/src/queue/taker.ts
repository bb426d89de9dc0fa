// One of those who take from a store: what it has, and how it waits.

import type { BatchStore, Held } from './batch-store.js'
import type { QueueBatch } from './queue.js'

/** Takes batches from a store and knows which it has not settled yet. */
export class Taker {
  readonly #store: BatchStore
  readonly #near: boolean
  readonly #taken: Map<string, Held> = new Map()
  readonly #waits: Set<() => void> = new Set()
  #closed = false

  /** @param near false when it takes for another thread */
  constructor(store: BatchStore, near = true) {
    this.#store = store
    this.#near = near
  }

  /** Resolves with the next batches; with none once `signal` has aborted or the taker is closed. */
  take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    if (signal.aborted || this.#closed) return Promise.resolve([])
    const batches = this.takeNow()
    if (batches.length > 0) return Promise.resolve(batches)
    return new Promise((resolve) => {
      const finish = (): void => {
        this.#store.forget(finish)
        this.#waits.delete(finish)
        signal.removeEventListener('abort', finish)
        resolve(signal.aborted || this.#closed ? [] : this.takeNow())
      }
      this.#waits.add(finish)
      signal.addEventListener('abort', finish)
      this.#store.wait(finish, this.#near)
    })
  }

  /** What is there now. */
  takeNow(): readonly QueueBatch[] {
    const taken = this.#closed ? [] : this.#store.next(this.#near)
    for (const held of taken) this.#taken.set(held.batch.id, held)
    return taken.map(({ batch }) => batch)
  }

  /** The batches are settled; those that it does not have are none of its business. */
  acknowledge(batches: readonly { readonly id: string }[]): void {
    for (const { id } of batches) {
      const held = this.#taken.get(id)
      if (!held) continue
      this.#taken.delete(id)
      this.#store.settle(held)
    }
  }

  /** Takes no more, and gives back what is not settled. */
  close(): void {
    this.#closed = true
    for (const finish of this.#waits) finish()
    const left = [...this.#taken.values()]
    this.#taken.clear()
    this.#store.giveBack(left)
  }
}
