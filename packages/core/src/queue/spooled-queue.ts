// A queue with a directory in front: what is put is safe on this machine, and goes on when it can.

import { directoryQueue } from './directory/directory-queue.js'
import type { DirectoryQueueOptions } from './directory/options.js'
import { Forwarder } from './forwarder.js'
import type { Queue, QueueBatch, QueueObserver } from './queue.js'

/**
 * `queue` with a directory queue in front for those who put: `put` settles when the batches are in the directory, and they
 * move on to the queue, in order, whenever that takes them. Several processes may have one directory; one of them moves.
 * What is left at the end moves with the next process that puts. Taking is not changed. Closes `queue` as well.
 * @throws {HandlerOptionError} for options of the directory that are wrong.
 */
export function spooledQueue(queue: Queue, spool: DirectoryQueueOptions): Queue {
  return new SpooledQueue(queue, directoryQueue(spool))
}

class SpooledQueue implements Queue {
  readonly label: string
  observer: QueueObserver | undefined
  readonly #queue: Queue
  readonly #spool: Queue
  readonly #forwarder: Forwarder

  constructor(queue: Queue, spool: Queue) {
    this.#queue = queue
    this.#spool = spool
    this.label = `${queue.label} behind ${spool.label}`
    const observer: QueueObserver = {
      lost: (count, reason) => this.observer?.lost(count, reason),
      failed: (error) => this.observer?.failed(error),
    }
    queue.observer = observer
    spool.observer = observer
    this.#forwarder = new Forwarder(spool, queue, observer)
  }

  get maxBatchBytes(): number {
    return this.#queue.maxBatchBytes ?? Number.POSITIVE_INFINITY
  }

  put(batches: readonly QueueBatch[], signal: AbortSignal): void | Promise<void> {
    const waiting = this.#spool.put(batches, signal)
    if (waiting) return waiting.then(() => this.#forwarder.wake())
    this.#forwarder.wake()
  }

  putNow(batches: readonly QueueBatch[]): number {
    return this.#spool.putNow?.(batches) ?? 0
  }

  open(signal: AbortSignal): void | Promise<void> {
    return this.#queue.open?.(signal)
  }

  take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    return this.#queue.take(signal)
  }

  takeNow(): readonly QueueBatch[] {
    return this.#queue.takeNow?.() ?? []
  }

  acknowledge(batches: readonly QueueBatch[]): void | Promise<void> {
    return this.#queue.acknowledge(batches)
  }

  async close(signal: AbortSignal): Promise<void> {
    await this.#forwarder.close(signal)
    await this.#spool.close(signal)
    await this.#queue.close(signal)
  }
}
