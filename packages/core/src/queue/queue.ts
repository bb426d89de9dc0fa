// What stands between those who log and those who handle: records are put in at one end and taken out at the other.

import type { Part } from '../net/client.js'

/** Whole lines that go through a queue together. */
export interface QueueBatch extends Part {
  /** The same each time that the batch is delivered, and that of no other batch. */
  readonly id: string
  /** The lines, each with its newline. */
  readonly data: string
  /** How many lines. */
  readonly count: number
}

/**
 * A queue of batches. Who puts and who takes may be in one thread, in two threads, in two processes; each has an object
 * of its own, which becomes one or the other by what is called first. What was taken and not acknowledged is delivered
 * again when its taker is gone: at least once, and each time with the same id. Python: `queue.Queue`.
 */
export interface Queue {
  /** The queue as it stands in messages, such as `directory queue '/var/spool/app'`. */
  readonly label: string
  /** Bytes that the lines of a batch may have. A larger one is put in pieces; a record that is larger is dropped, reason `refused`. Default: no limit. */
  readonly maxBatchBytes?: number
  /**
   * Takes batches, in order. It resolves, or returns without a promise, when they are as safe as this queue makes them;
   * until then the one who put them keeps them. It rejects when the queue cannot take them now: some may be in it all the
   * same, and the caller puts all of them again later. It is called again only after it has settled. `signal` aborts when
   * the caller has no more time.
   */
  put(batches: readonly QueueBatch[], signal: AbortSignal): void | Promise<void>
  /** The same without waiting, for the last moments of a process; returns how many of the batches are safe. Without it none is. */
  putNow?(batches: readonly QueueBatch[]): number
  /** Makes ready to take, which `take` does by itself otherwise; rejects when somebody else takes, or it is not possible. */
  open?(signal: AbortSignal): void | Promise<void>
  /**
   * Resolves with the next batches as soon as there are any, in order for each of those who put; with none once `signal`
   * has aborted. Rejects when the queue cannot be taken from, which the caller reports before it tries again.
   */
  take(signal: AbortSignal): Promise<readonly QueueBatch[]>
  /** What can be taken without waiting, for the last moments of a process. */
  takeNow?(): readonly QueueBatch[]
  /** The batches, which were taken before, are settled; the queue forgets them. */
  acknowledge(batches: readonly QueueBatch[]): void | Promise<void>
  /** Lets go of everything; what was not acknowledged stays for the next taker. Resolves at the latest when `signal` aborts. */
  close(signal: AbortSignal): void | Promise<void>
  /** Hears what the queue has to tell; set by the handler that uses it. */
  observer?: QueueObserver | undefined
}

/** What a queue tells the handler that uses it. */
export interface QueueObserver {
  /** Records that were in the queue are lost for `reason`, a word that stands in the stats. */
  lost(count: number, reason: string): void
  /** Something is wrong that does not stop the queue. */
  failed(error: Error): void
}
