// Moving batches from a queue on the disk to the one behind it.

import { toError } from '../errors.js'
import { afterFailure, type BackOff, NO_FAILURE, retryDefaults, withJitter } from '../net/back-off.js'
import type { Queue, QueueBatch, QueueObserver } from './queue.js'
import { fits, splitBatch } from './split-batch.js'

// Milliseconds between looks for what other processes have put, or a dead one has left.
const LOOK = 1000

/** Takes from one queue and puts into another, whenever it can. It never keeps the process alive while it waits. */
export class Forwarder {
  readonly #from: Queue
  readonly #to: Queue
  readonly #observer: QueueObserver
  readonly #over = new AbortController()
  // Taken and not put yet.
  #taken: readonly QueueBatch[] = []
  #backOff: BackOff = NO_FAILURE
  #run: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(from: Queue, to: Queue, observer: QueueObserver) {
    this.#from = from
    this.#to = to
    this.#observer = observer
  }

  /** There may be something to move. */
  wake(): void {
    // What failed is tried again in its time.
    if (this.#run || this.#backOff !== NO_FAILURE || this.#over.signal.aborted) return
    this.#start()
  }

  /** Moves what is there if that works, as long as `signal` has not aborted; what is left is for the next process. */
  async close(signal: AbortSignal): Promise<void> {
    clearTimeout(this.#timer)
    const end = (): void => this.#over.abort()
    if (signal.aborted || this.#backOff !== NO_FAILURE) end()
    else signal.addEventListener('abort', end)
    this.wake()
    await this.#run
    end()
    clearTimeout(this.#timer)
    signal.removeEventListener('abort', end)
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#run = this.#moveAll().finally(() => {
      this.#run = undefined
    })
  }

  async #moveAll(): Promise<void> {
    let pause = LOOK
    try {
      while (!this.#over.signal.aborted && this.#take()) await this.#move()
      this.#backOff = NO_FAILURE
    } catch (error) {
      pause = this.#fail(toError(error))
    }
    if (!this.#over.signal.aborted) this.#timer = setTimeout(() => this.#start(), pause).unref()
  }

  #take(): boolean {
    if (this.#taken.length === 0) this.#taken = this.#from.takeNow?.() ?? []
    return this.#taken.length > 0
  }

  async #move(): Promise<void> {
    const { maxBatchBytes = Number.POSITIVE_INFINITY } = this.#to
    const pieces = this.#taken.flatMap((batch) => splitBatch(batch, maxBatchBytes))
    const [fitting, refused] = [true, false].map((is) => pieces.filter((piece) => fits(piece, maxBatchBytes) === is))
    await this.#to.put(fitting ?? [], this.#over.signal)
    // They would be put in vain for ever.
    const lost = refused?.reduce((sum, { count }) => sum + count, 0) ?? 0
    if (lost > 0) this.#observer.lost(lost, 'refused')
    await this.#from.acknowledge(this.#taken)
    this.#taken = []
  }

  // Returns the milliseconds until the next attempt.
  #fail(error: Error & { code?: string }): number {
    // Another process moves what is there.
    if (error.code === 'EBUSY' || this.#over.signal.aborted) return LOOK
    this.#observer.failed(error)
    this.#backOff = afterFailure(this.#backOff, performance.now() / 1000, retryDefaults)
    return withJitter(this.#backOff.retryPeriod, Math.random) * 1000
  }
}
