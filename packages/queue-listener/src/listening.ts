// Taking batches out of a queue, and telling the queue when they are safe.

import { setTimeout as wait } from 'node:timers/promises'
import { type Monitor, milliseconds, toError } from '@pino-handlers/core'
import { afterFailure, type BackOff, NO_FAILURE, type RetrySettings, withJitter } from '@pino-handlers/core/net'
import type { Queue, QueueBatch } from '@pino-handlers/core/queue'
import { SeenIds } from './seen-ids.js'

/** Who handles what comes out of a queue. */
export interface ListeningUser {
  /** Takes whole lines; resolves when there is room for more. */
  handle(text: string): Promise<void>
  /** The same without waiting, for the last moments of a process. */
  handleNow(text: string): void
  /** Resolves when what was handled before is safe. */
  settled(): Promise<void>
}

/** What a {@link Listening} needs to know. */
export interface ListeningSettings extends RetrySettings {
  /** Ids of batches to remember. */
  readonly dedupeWindow: number
  /** Seconds that the end may take. */
  readonly closeTimeout: number
}

// Milliseconds after which an empty queue is worth a word.
const SILENCE = 30_000

// Characters that may be handled and not acknowledged before nothing more is handled: so much comes twice after a crash.
const MAX_UNSETTLED = 1024 * 1024

/** Takes from a queue until it is stopped, and starts again when it is told to. Python: `QueueListener`. */
export class Listening {
  readonly #queue: Queue
  readonly #user: ListeningUser
  readonly #settings: ListeningSettings
  readonly #monitor: Monitor
  readonly #seen: SeenIds
  readonly #over = new AbortController()
  #stopping = new AbortController()
  #run: Promise<void> | undefined
  #committing: Promise<void> | undefined
  // Taken and not handled yet.
  #taken: QueueBatch[] = []
  // Handled, which the queue has not been told.
  #handled: QueueBatch[] = []
  // Characters of these, and of those that are being acknowledged.
  #unsettled = 0

  constructor(queue: Queue, user: ListeningUser, settings: ListeningSettings, monitor: Monitor) {
    this.#queue = queue
    this.#user = user
    this.#settings = settings
    this.#monitor = monitor
    this.#seen = new SeenIds(settings.dedupeWindow)
  }

  /** Starts to take; rejects when it has been started already, or the queue cannot be taken from. */
  async start(): Promise<void> {
    const { handler } = this.#monitor
    if (this.#over.signal.aborted) throw new Error(`[${handler}] cannot start again: it is closed`)
    if (this.#run) throw new Error(`[${handler}] has been started already`)
    this.#stopping = new AbortController()
    const { signal } = this.#stopping
    const opening = this.#open(signal)
    // A start that is under way is one already.
    this.#run = opening.then(
      () => this.#takeUntil(signal),
      () => {},
    )
    try {
      await opening
    } catch (error) {
      this.#run = undefined
      throw error
    }
  }

  /** Starts to take, and goes on trying while that is not possible. */
  startAnyway(): void {
    this.#stopping = new AbortController()
    this.#run = this.#takeUntil(this.#stopping.signal)
  }

  /** Handles what is in the queue now, then takes no more; resolves when all of it is safe. Without a start it does nothing. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#run
    this.#run = undefined
  }

  /** Stops for good. What takes too long, half of `closeTimeout` or until `signal` aborts, stays in the queue. */
  async end(signal: AbortSignal): Promise<void> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(milliseconds(this.#settings.closeTimeout / 2))])
    const late = new Promise<void>((resolve) => {
      if (limit.aborted) resolve()
      else limit.addEventListener('abort', () => resolve())
    })
    await Promise.race([this.stop(), late])
    this.#over.abort()
  }

  /** Handles what can be taken without waiting, for the last moments of a process; it takes no longer than `closeTimeout`. */
  handleNow(): void {
    if (!this.#run || this.#over.signal.aborted) return
    const end = performance.now() + this.#settings.closeTimeout * 1000
    do {
      for (const batch of this.#taken.splice(0)) {
        if (this.#seen.add(batch.id)) this.#user.handleNow(batch.data)
        this.#handled.push(batch)
      }
    } while (performance.now() < end && this.#takeNow())
  }

  /** Tells the queue, in the last moments of a process, that what was handled is safe. */
  acknowledgeNow(): void {
    this.#acknowledge(this.#handled.splice(0))
  }

  async #open(signal: AbortSignal): Promise<void> {
    try {
      await this.#queue.open?.(signal)
    } catch (error) {
      throw this.#cannotTake(error)
    }
  }

  // Clients say what went wrong, but not always where.
  #cannotTake(thrown: unknown): Error {
    const { label } = this.#queue
    const { message } = toError(thrown)
    return message.includes(label)
      ? toError(thrown)
      : new Error(`cannot take from ${label}: ${message}`, { cause: thrown })
  }

  async #takeUntil(signal: AbortSignal): Promise<void> {
    const told = `nothing has come through ${this.#queue.label} for ${SILENCE / 1000} s; does anybody put into it?`
    const silence = setTimeout(() => this.#monitor.notice(told), SILENCE).unref()
    let backOff: BackOff = NO_FAILURE
    while (!signal.aborted) {
      const taken = await this.#take(signal)
      if (taken === 'failed') backOff = afterFailure(backOff, performance.now() / 1000, this.#settings)
      else backOff = NO_FAILURE
      if (taken === 'some') clearTimeout(silence)
      await this.#handleTaken()
      // A queue that answers at once that it has nothing is not to be asked without a pause.
      const period = taken === 'failed' ? backOff.retryPeriod : this.#settings.retryStart
      if (taken !== 'some') await pause(withJitter(period, Math.random), signal)
    }
    clearTimeout(silence)
    while (this.#takeNow()) await this.#handleTaken()
    await this.#committing
  }

  async #take(signal: AbortSignal): Promise<'some' | 'none' | 'failed'> {
    try {
      const batches = await this.#queue.take(signal)
      this.#taken.push(...batches)
      if (!signal.aborted) this.#monitor.state = 'open'
      return batches.length > 0 ? 'some' : 'none'
    } catch (error) {
      if (signal.aborted) return 'none'
      this.#monitor.state = 'degraded'
      this.#monitor.failure('queue', this.#cannotTake(error))
      return 'failed'
    }
  }

  // Returns whether there was something.
  #takeNow(): boolean {
    if (this.#over.signal.aborted) return false
    try {
      const batches = this.#queue.takeNow?.() ?? []
      this.#taken.push(...batches)
      return batches.length > 0
    } catch (error) {
      this.#monitor.failure('queue', error)
      return false
    }
  }

  async #handleTaken(): Promise<void> {
    while (!this.#over.signal.aborted) {
      const batch = this.#taken.shift()
      if (!batch) return
      // It comes again when the one who put it did not hear that it is safe.
      if (this.#seen.add(batch.id)) await this.#user.handle(batch.data)
      this.#handled.push(batch)
      this.#unsettled += batch.data.length
      this.#committing ??= this.#commit().finally(() => {
        this.#committing = undefined
      })
      if (this.#unsettled > MAX_UNSETTLED) await this.#committing
    }
  }

  // All that was handled while the batches before became safe is told of together.
  async #commit(): Promise<void> {
    while (this.#handled.length > 0) {
      const batches = this.#handled.splice(0)
      await this.#user.settled()
      if (this.#over.signal.aborted) return
      await this.#acknowledge(batches)
      for (const { data } of batches) this.#unsettled -= data.length
    }
  }

  async #acknowledge(batches: readonly QueueBatch[]): Promise<void> {
    try {
      await this.#queue.acknowledge(batches)
    } catch (error) {
      this.#monitor.failure('queue', error)
    }
  }
}

// It keeps the process alive: who has nothing else to do waits for a queue that another one still takes from.
async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds(seconds), undefined, { signal }).catch(() => {})
}
