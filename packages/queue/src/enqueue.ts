// A function of the user in the place of a queue's put.

import type { Queue, QueueBatch, QueueInlet } from '@pino-handlers/core/queue'

/** Puts a batch into the queue; throws or rejects when it cannot be put now. */
export type Enqueue = (batch: QueueBatch, queue: Queue) => void | Promise<void>

/** A queue whose batches go in one after the other by `enqueue`. */
export function enqueuing(queue: Queue, enqueue: Enqueue): QueueInlet {
  // What does not go in once more when the batches come again, since a later one failed.
  const safe = new WeakSet<QueueBatch>()
  function put(batches: readonly QueueBatch[]): void | Promise<void> {
    for (const [index, batch] of batches.entries()) {
      if (safe.has(batch)) continue
      const waiting = enqueue(batch, queue)
      // Only what can be waited for: `(batch) => array.push(batch)` returns a number.
      if (typeof waiting === 'object' && waiting !== null) {
        return Promise.resolve(waiting).then(() => {
          safe.add(batch)
          return put(batches.slice(index + 1))
        })
      }
      safe.add(batch)
    }
  }
  return { label: queue.label, put }
}
