// Batches that are fetched from a server when somebody waits for them.

import { Inbox } from './inbox.js'
import type { QueueBatch } from './queue.js'

/** An inbox with somebody who fills it, only while it is empty and waited for; for the packages whose queue is a server. */
export class Intake {
  readonly #fetch: () => Promise<void>
  readonly #inbox = new Inbox()
  #fetching: Promise<void> | undefined
  #closed = false

  /** `fetch` adds what there is, or nothing after a while; what it rejects with is for those who wait. */
  constructor(fetch: () => Promise<void>) {
    this.#fetch = fetch
  }

  /** Adds what has arrived. */
  add(batches: readonly QueueBatch[]): void {
    this.#inbox.add(batches)
  }

  /** What has arrived. */
  takeNow(): readonly QueueBatch[] {
    return this.#inbox.takeNow()
  }

  /** Resolves with what has arrived, as soon as there is something; with nothing once `signal` has aborted. */
  async take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    if (this.#closed) throw new Error('the queue is closed')
    if (this.#inbox.isEmpty) this.#fetching ??= this.#fetchAll()
    return await this.#inbox.take(signal)
  }

  /** Fetches no more; who waits is told. */
  close(): void {
    this.#closed = true
    this.#inbox.fail(new Error('the queue is closed'))
  }

  /** Resolves when no fetch is under way. */
  async ended(): Promise<void> {
    await this.#fetching
  }

  async #fetchAll(): Promise<void> {
    try {
      do await this.#fetch()
      while (this.#inbox.isAwaited && !this.#closed)
    } catch (error) {
      if (!this.#closed) this.#inbox.fail(error)
    } finally {
      this.#fetching = undefined
    }
  }
}
