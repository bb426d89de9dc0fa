// What a consumer reads: what it had before, what others have left, what is new.

import { toError } from '@pino-handlers/core'
import { EngineLink, nextReadCount, type QueueBatch } from '@pino-handlers/core/queue'
import { connectionCalls, type RedisConnection } from './connection.js'
import type { RedisSettings } from './options.js'
import { claimedEntries, type Entry, readEntries } from './replies.js'
import { forgetConsumers } from './upkeep.js'

// Milliseconds that a read waits for entries, unless it is time before that to look for what others have left.
const WAIT = 5000

const NEVER = new AbortController().signal

/** Reads a stream as one consumer of a group. */
export class RedisReader {
  readonly #settings: RedisSettings
  readonly #consumer: string
  readonly #gone: (count: number) => void
  // A read that waits keeps all that comes behind it on its connection waiting, so it has one of its own.
  readonly #link: EngineLink<RedisConnection>
  // What was given to us and has not arrived, as the connection broke: read from here on, until there is no more.
  #history: string | undefined = '0'
  #isOpen = false
  #count = 16
  #nextClaim = 0

  /** `gone` hears how many entries are no longer in the stream that somebody had taken. */
  constructor(settings: RedisSettings, consumer: string, gone: (count: number) => void) {
    this.#settings = settings
    this.#consumer = consumer
    this.#gone = gone
    this.#link = new EngineLink(connectionCalls(settings))
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Makes the group when it is missing. */
  async open(signal: AbortSignal): Promise<void> {
    if (this.#isOpen) return
    const { stream, group, timeout } = this.#settings
    await this.#link.use(
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
  }

  /** What is there, or nothing after a while. */
  async read(): Promise<readonly Entry[]> {
    if (this.#history !== undefined) return await this.#readHistory(this.#history)
    if (performance.now() >= this.#nextClaim) return await this.#claim()
    return await this.#readGroup('>')
  }

  /** What was read was so much: the next read asks for as much as is good. */
  accepted(batches: readonly QueueBatch[]): void {
    this.#count = nextReadCount(this.#count, batches)
  }

  /** A read has failed: the group may be gone, and what was under way is read again. */
  reset(): void {
    this.#isOpen = false
  }

  close(): void {
    this.#link.close()
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
    return readEntries(await this.#link.use((redis) => redis.send(command), NEVER, limit))
  }

  async #claim(): Promise<readonly Entry[]> {
    const { stream, group, claimAfter, timeout } = this.#settings
    const idle = String(claimAfter * 1000)
    const all: Entry[] = []
    let from = '0-0'
    do {
      const command = ['XAUTOCLAIM', stream, group, this.#consumer, idle, from, 'COUNT', String(this.#count)]
      const { next, entries, gone } = claimedEntries(
        await this.#link.use((redis) => redis.send(command), NEVER, timeout),
      )
      if (gone > 0) this.#gone(gone)
      all.push(...entries)
      from = next
    } while (from !== '0-0' && all.length === 0)
    // There may be more at once.
    if (from === '0-0') this.#nextClaim = performance.now() + (claimAfter * 1000) / 2
    return all
  }
}
