// The side of a queue on Redis Streams that takes.

import { toError } from '@pino-handlers/core'
import { EngineLink, Inbox, nextReadCount, type QueueBatch } from '@pino-handlers/core/queue'
import { connectionCalls, type RedisConnection } from './connection.js'
import { Held } from './held.js'
import type { RedisSettings } from './options.js'
import { claimedEntries, type Entry, readEntries } from './replies.js'
import { forgetConsumers, giveBack, keep, trimAcknowledged } from './upkeep.js'

// Milliseconds that a read waits for entries, unless it is time before that to look for what others have left.
const WAIT = 5000

const NEVER = new AbortController().signal

/** Reads a stream as one consumer of a group. */
export class RedisConsumer {
  readonly #settings: RedisSettings
  readonly #consumer: string
  readonly #failed: (error: Error) => void
  // A read that waits keeps all that comes behind it on its connection waiting.
  readonly #reader: EngineLink<RedisConnection>
  readonly #writer: EngineLink<RedisConnection>
  readonly #inbox = new Inbox()
  readonly #held = new Held()
  #reading: Promise<void> | undefined
  // Somebody has begun to wait since the last read.
  #isWanted = false
  // What was given to us and has not arrived, as the connection broke: read from here on, until there is no more.
  #history: string | undefined = '0'
  #isOpen = false
  #count = 16
  #nextClaim = 0
  #keeping: NodeJS.Timeout | undefined
  #trimming: Promise<void> | undefined
  #trimsAgain = false
  #closed = false

  constructor(settings: RedisSettings, consumer: string, failed: (error: Error) => void) {
    this.#settings = settings
    this.#consumer = consumer
    this.#failed = failed
    this.#reader = new EngineLink(connectionCalls(settings))
    this.#writer = new EngineLink(connectionCalls(settings))
  }

  /** Makes the group when it is missing. */
  async open(signal: AbortSignal): Promise<void> {
    if (this.#isOpen) return
    const { stream, group, timeout } = this.#settings
    await this.#reader.use(
      async (redis) => {
        // From the first entry on: what was put before anybody took is taken.
        await redis.send(['XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM']).catch((error) => {
          if (!/^BUSYGROUP/.test(toError(error).message)) throw error
        })
        await forgetConsumers(redis, this.#settings, this.#consumer)
      },
      signal,
      timeout,
    )
    this.#isOpen = true
    this.#history = '0'
    this.#keeping ??= setInterval(() => this.#keep(), (this.#settings.claimAfter * 1000) / 3).unref()
  }

  async take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    if (this.#closed) throw new Error('the queue is closed')
    if (this.#inbox.isEmpty) {
      this.#isWanted = true
      this.#reading ??= this.#read()
    }
    return await this.#inbox.take(signal)
  }

  takeNow(): readonly QueueBatch[] {
    return this.#inbox.takeNow()
  }

  async acknowledge(batches: readonly QueueBatch[]): Promise<void> {
    await this.#acknowledgeEntries(this.#held.release(batches))
  }

  /** Gives back what was not acknowledged, if there is time. */
  async close(signal: AbortSignal): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const wasOpen = this.#isOpen
    clearInterval(this.#keeping)
    this.#reader.close()
    this.#inbox.fail(new Error('the queue is closed'))
    await this.#reading
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
      do {
        this.#isWanted = false
        await this.#readOne()
      } while (this.#isWanted && this.#inbox.isEmpty && !this.#closed)
    } catch (error) {
      this.#isOpen = false
      if (!this.#closed) this.#inbox.fail(error)
    } finally {
      this.#reading = undefined
    }
  }

  // Until there is something: an empty stream is waited for again and again.
  async #readOne(): Promise<void> {
    await this.open(NEVER)
    let count = 0
    while (count === 0 && !this.#closed) count = await this.#accept(await this.#readSome())
  }

  async #readSome(): Promise<readonly Entry[]> {
    if (this.#history !== undefined) return await this.#readHistory(this.#history)
    if (performance.now() >= this.#nextClaim) return await this.#claim()
    return await this.#readGroup('>')
  }

  async #readHistory(after: string): Promise<readonly Entry[]> {
    const entries = await this.#readGroup(after)
    this.#history = entries.at(-1)?.id
    return entries
  }

  async #readGroup(from: string): Promise<readonly Entry[]> {
    const { stream, group, timeout } = this.#settings
    const who = ['GROUP', group, this.#consumer, 'COUNT', String(this.#count)]
    // 0 would be for ever.
    const wait = Math.ceil(Math.max(1, Math.min(WAIT, this.#nextClaim - performance.now())))
    const command = ['XREADGROUP', ...who, 'BLOCK', String(wait), 'STREAMS', stream, from]
    const limit = timeout > 0 ? timeout + wait / 1000 : 0
    return readEntries(await this.#reader.use((redis) => redis.send(command), NEVER, limit))
  }

  async #claim(): Promise<readonly Entry[]> {
    const { stream, group, claimAfter, timeout } = this.#settings
    const idle = String(claimAfter * 1000)
    const all: Entry[] = []
    let from = '0-0'
    do {
      const command = ['XAUTOCLAIM', stream, group, this.#consumer, idle, from, 'COUNT', String(this.#count)]
      const { next, entries, gone } = claimedEntries(
        await this.#reader.use((redis) => redis.send(command), NEVER, timeout),
      )
      if (gone > 0) this.#tellGone(gone)
      all.push(...entries)
      from = next
    } while (from !== '0-0' && all.length === 0)
    // There may be more at once.
    if (from === '0-0') this.#nextClaim = performance.now() + (claimAfter * 1000) / 2
    return all
  }

  // Returns how many batches there were.
  async #accept(entries: readonly Entry[]): Promise<number> {
    const useless = entries.filter(({ batch }) => !batch)
    const foreign = useless.filter(({ isGone }) => !isGone).map(({ id }) => id)
    if (foreign.length > 0) this.#failed(new Error(`entries that are no batches were left out: ${foreign.join(', ')}`))
    if (useless.length > foreign.length) this.#tellGone(useless.length - foreign.length)
    await this.#acknowledgeEntries(useless.map(({ id }) => id))
    const batches = this.#held.add(entries)
    this.#count = nextReadCount(this.#count, batches)
    this.#inbox.add(batches)
    return batches.length
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
