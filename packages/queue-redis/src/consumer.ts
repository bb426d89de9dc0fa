// The side of a queue on Redis Streams that takes.

import { toError } from '@pino-handlers/core'
import { EngineLink, Intake, type QueueBatch } from '@pino-handlers/core/queue'
import { connectionCalls, type RedisConnection } from './connection.js'
import { Held } from './held.js'
import type { RedisSettings } from './options.js'
import { RedisReader } from './reader.js'
import type { Entry } from './replies.js'
import { giveBack, keep, trimAcknowledged } from './upkeep.js'

const NEVER = new AbortController().signal

/** Reads a stream as one consumer of a group. */
export class RedisConsumer {
  readonly #settings: RedisSettings
  readonly #consumer: string
  readonly #failed: (error: Error) => void
  readonly #reader: RedisReader
  readonly #writer: EngineLink<RedisConnection>
  readonly #intake = new Intake(() => this.#read())
  readonly #held = new Held()
  #keeping: NodeJS.Timeout | undefined
  #trimming: Promise<void> | undefined
  #trimsAgain = false
  #closed = false

  constructor(settings: RedisSettings, consumer: string, failed: (error: Error) => void) {
    this.#settings = settings
    this.#consumer = consumer
    this.#failed = failed
    this.#reader = new RedisReader(settings, consumer, (gone) => this.#tellGone(gone))
    this.#writer = new EngineLink(connectionCalls(settings))
  }

  /** Makes the group when it is missing. */
  async open(signal: AbortSignal): Promise<void> {
    await this.#reader.open(signal)
    this.#keeping ??= setInterval(() => this.#keep(), (this.#settings.claimAfter * 1000) / 3).unref()
  }

  take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    return this.#intake.take(signal)
  }

  takeNow(): readonly QueueBatch[] {
    return this.#intake.takeNow()
  }

  async acknowledge(batches: readonly QueueBatch[]): Promise<void> {
    await this.#acknowledgeEntries(this.#held.release(batches))
  }

  /** Gives back what was not acknowledged, if there is time. */
  async close(signal: AbortSignal): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const wasOpen = this.#reader.isOpen
    clearInterval(this.#keeping)
    this.#intake.close()
    this.#reader.close()
    await this.#intake.ended()
    if (wasOpen && !signal.aborted) {
      try {
        await this.#trimming
        await this.#use((redis) => giveBack(redis, this.#settings, this.#consumer), signal)
      } catch {
        // Another listener claims it after a while.
      }
    }
    this.#writer.close()
  }

  async #read(): Promise<void> {
    try {
      await this.open(NEVER)
      await this.#accept(await this.#reader.read())
    } catch (error) {
      this.#reader.reset()
      throw error
    }
  }

  async #accept(entries: readonly Entry[]): Promise<void> {
    const useless = entries.filter(({ batch }) => !batch)
    const foreign = useless.filter(({ isGone }) => !isGone).map(({ id }) => id)
    if (foreign.length > 0) this.#failed(new Error(`entries that are no batches were left out: ${foreign.join(', ')}`))
    if (useless.length > foreign.length) this.#tellGone(useless.length - foreign.length)
    await this.#acknowledgeEntries(useless.map(({ id }) => id))
    const batches = this.#held.add(entries)
    this.#reader.accepted(batches)
    this.#intake.add(batches)
  }

  #tellGone(count: number): void {
    this.#failed(new Error(`${count} batches that somebody had taken and not acknowledged are gone from the stream`))
  }

  async #acknowledgeEntries(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    const { stream, group } = this.#settings
    await this.#use((redis) => redis.send(['XACK', stream, group, ...ids]), NEVER)
    this.#trim()
  }

  // One at a time, and once more for all that was acknowledged meanwhile.
  #trim(): void {
    this.#trimsAgain = true
    this.#trimming ??= this.#trimAll().finally(() => {
      this.#trimming = undefined
    })
  }

  async #trimAll(): Promise<void> {
    try {
      while (this.#trimsAgain) {
        this.#trimsAgain = false
        await this.#use((redis) => trimAcknowledged(redis, this.#settings), NEVER)
      }
    } catch (error) {
      if (!this.#closed) this.#failed(toError(error))
    }
  }

  // What is only waiting for a slow handler is not to be claimed by others.
  #keep(): void {
    const ids = this.#held.ids
    if (ids.length === 0) return
    this.#use((redis) => keep(redis, this.#settings, this.#consumer, ids), NEVER).catch((error) => {
      if (!this.#closed) this.#failed(toError(error))
    })
  }

  #use<T>(act: (redis: RedisConnection) => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#writer.use(act, signal, this.#settings.timeout)
  }
}
