// Batches that a server has handed to this process, until the listener takes them.

import type { QueueBatch } from './queue.js'

/** Holds what has arrived; for the packages whose queue is a server. */
export class Inbox {
  #batches: QueueBatch[] = []
  #error: unknown
  #hasFailed = false
  readonly #waits: Set<() => void> = new Set()

  /** There is nothing to take. */
  get isEmpty(): boolean {
    return this.#batches.length === 0
  }

  /** Somebody waits for what arrives next. */
  get isAwaited(): boolean {
    return this.#waits.size > 0
  }

  /** Adds what has arrived. */
  add(batches: readonly QueueBatch[]): void {
    this.#batches.push(...batches)
    if (batches.length > 0) this.#wake()
  }

  /** Nothing more arrives; the next `take` rejects with `error` once it has given out the rest. */
  fail(error: unknown): void {
    this.#error = error
    this.#hasFailed = true
    this.#wake()
  }

  /** What has arrived. */
  takeNow(): readonly QueueBatch[] {
    return this.#batches.splice(0)
  }

  /** Resolves with what has arrived, as soon as there is something; with nothing once `signal` has aborted. */
  async take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    if (signal.aborted) return []
    if (this.isEmpty && !this.#hasFailed) await this.#change(signal)
    if (signal.aborted) return []
    if (!this.isEmpty || !this.#hasFailed) return this.takeNow()
    this.#hasFailed = false
    throw this.#error
  }

  /** What has arrived and was not taken is forgotten, as the server gives it out again. */
  clear(): void {
    this.#batches = []
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#waits.delete(end)
        signal.removeEventListener('abort', end)
        resolve()
      }
      this.#waits.add(end)
      signal.addEventListener('abort', end)
    })
  }

  #wake(): void {
    for (const wake of this.#waits) wake()
  }
}
