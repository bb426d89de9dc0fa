// The side of a queue on Redis Streams that puts.

import { EngineLink, type QueueBatch, type QueueObserver } from '@pino-handlers/core/queue'
import { type Command, connectionCalls, type RedisConnection } from './connection.js'
import type { RedisSettings } from './options.js'
import { asCount, groupsIn, rangeEntries } from './replies.js'
import { compareIds, oldestOf } from './stream-id.js'

// The protocol allows 512 MB, but the memory of both sides holds it more than once.
const MAX_DATA = 64 * 1024 * 1024

/** Adds batches to a stream. */
export class RedisProducer {
  readonly maxBatchBytes: number = MAX_DATA
  readonly #settings: RedisSettings
  readonly #link: EngineLink<RedisConnection>
  readonly #lost: QueueObserver['lost']
  // As far as we know: at first the stream may be full, of what others have put.
  #length = Number.POSITIVE_INFINITY
  #lacksReplicas = false

  constructor(settings: RedisSettings, lost: QueueObserver['lost']) {
    this.#settings = settings
    this.#link = new EngineLink(connectionCalls(settings))
    this.#lost = lost
  }

  /** Resolves when the server has all of them; rejects when it has none, or nobody knows. */
  async put(batches: readonly QueueBatch[], signal: AbortSignal): Promise<void> {
    if (batches.length === 0) return
    await this.#link.use((redis) => this.#put(redis, batches), signal, this.#settings.timeout)
  }

  close(): void {
    this.#link.close()
  }

  async #put(redis: RedisConnection, batches: readonly QueueBatch[]): Promise<void> {
    const { stream, maxLength, overflow } = this.#settings
    // What is put again and again in vain would fill the stream.
    if (this.#lacksReplicas) await this.#awaitReplicas(redis)
    if (overflow === 'block') await this.#checkRoom(redis)
    const additions = batches.map(({ id, data }): Command => ['XADD', stream, '*', 'id', id, 'data', data])
    const replies = await redis.transact([...additions, ['XLEN', stream]])
    this.#length = asCount(replies.at(-1))
    await this.#awaitReplicas(redis)
    if (maxLength > 0 && overflow === 'drop-oldest' && this.#length > maxLength) await this.#dropOldest(redis)
  }

  // Until they have what this connection has put, or for half of the time that an answer has.
  async #awaitReplicas(redis: RedisConnection): Promise<void> {
    const { minReplicas, timeout } = this.#settings
    if (minReplicas === 0) return
    const found = asCount(await redis.send(['WAIT', String(minReplicas), String(Math.ceil(timeout * 500))]))
    this.#lacksReplicas = found < minReplicas
    if (this.#lacksReplicas) throw new Error(`${found} replicas have it, and option "minReplicas" wants ${minReplicas}`)
  }

  // While the stream may be full it is asked before each put, else it is told after each.
  async #checkRoom(redis: RedisConnection): Promise<void> {
    const { stream, maxLength } = this.#settings
    if (maxLength === 0 || this.#length < maxLength) return
    this.#length = asCount(await redis.send(['XLEN', stream]))
    if (this.#length < maxLength) return
    throw new Error(`the stream is full: it has ${this.#length} batches, and option "maxLength" allows ${maxLength}`)
  }

  // Together, so that what is read is what goes.
  async #dropOldest(redis: RedisConnection): Promise<void> {
    const { stream, maxLength } = this.#settings
    const surplus = String(this.#length - maxLength)
    const [groups, range, trimmed] = await redis.transact([
      ['XINFO', 'GROUPS', stream],
      ['XRANGE', stream, '-', '+', 'COUNT', surplus],
      ['XTRIM', stream, 'MAXLEN', String(maxLength)],
    ])
    const delivered = oldestOf(groupsIn(groups).map(({ lastDelivered }) => lastDelivered)) ?? '0-0'
    const gone = rangeEntries(range).slice(0, asCount(trimmed))
    const unread = gone.filter(({ id }) => compareIds(id, delivered) > 0)
    const records = unread.reduce((sum, { batch }) => sum + (batch?.count ?? 0), 0)
    if (records > 0) this.#lost(records, 'overflow')
    this.#length = maxLength
  }
}
