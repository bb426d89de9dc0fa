// A queue whose two ends are connections to a server.

import type { Queue, QueueBatch, QueueObserver } from './queue.js'

/** The end of a queue on a server where batches are put in. */
export interface EngineProducer {
  /** Bytes that the lines of a batch may have, as far as it is known. */
  readonly maxBatchBytes: number
  put(batches: readonly QueueBatch[], signal: AbortSignal): Promise<void>
  close(): void
}

/** The end where batches are taken out. */
export interface EngineConsumer {
  open(signal: AbortSignal): Promise<void>
  take(signal: AbortSignal): Promise<readonly QueueBatch[]>
  takeNow(): readonly QueueBatch[]
  acknowledge(batches: readonly QueueBatch[]): Promise<void>
  close(signal: AbortSignal): Promise<void>
}

/** A queue of its two ends, which `make` gets somebody to tell what is wrong; for the packages whose queue is a server. */
export function engineQueue(
  label: string,
  make: (observer: QueueObserver) => { readonly producer: EngineProducer; readonly consumer: EngineConsumer },
): Queue {
  const { producer, consumer } = make({
    lost: (count, reason) => queue.observer?.lost(count, reason),
    failed: (error) => queue.observer?.failed(error),
  })
  const queue: Queue = {
    label,
    observer: undefined,
    get maxBatchBytes() {
      return producer.maxBatchBytes
    },
    put: (batches, signal) => producer.put(batches, signal),
    open: (signal) => consumer.open(signal),
    take: (signal) => consumer.take(signal),
    takeNow: () => consumer.takeNow(),
    acknowledge: (batches) => consumer.acknowledge(batches),
    close(signal) {
      producer.close()
      return consumer.close(signal)
    },
  }
  return queue
}
