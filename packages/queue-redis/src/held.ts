// Which entries of the stream were taken and not acknowledged.

import type { QueueBatch } from '@pino-handlers/core/queue'
import type { Entry } from './replies.js'

/** The entries that this consumer has. */
export class Held {
  // A batch that was put twice is in two entries.
  readonly #entries: Map<string, Set<string>> = new Map()

  /** The ids of all entries. */
  get ids(): readonly string[] {
    return [...this.#entries.values()].flatMap((ids) => [...ids])
  }

  /** Adds entries; returns the batches of those that are new. */
  add(entries: readonly Entry[]): readonly QueueBatch[] {
    return entries.flatMap(({ id, batch }) => (batch && this.#addOne(batch.id, id) ? batch : []))
  }

  /** Forgets batches; returns the ids of their entries. */
  release(batches: readonly QueueBatch[]): readonly string[] {
    return batches.flatMap(({ id }) => {
      const ids = this.#entries.get(id) ?? []
      this.#entries.delete(id)
      return [...ids]
    })
  }

  #addOne(batchId: string, id: string): boolean {
    const ids = this.#entries.get(batchId)
    if (ids?.has(id)) return false
    if (ids) ids.add(id)
    else this.#entries.set(batchId, new Set([id]))
    return true
  }
}
