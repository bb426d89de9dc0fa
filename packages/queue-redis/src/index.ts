// A queue on Redis Streams.

import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { type CommonJs, resolveOptions } from '@pino-handlers/core'
import type { Queue, QueueBatch, QueueObserver } from '@pino-handlers/core/queue'
import { labelOf } from './connection.js'
import { RedisConsumer } from './consumer.js'
import { checks, defaults, options, type QueueRedisOptions, type RedisSettings } from './options.js'
import { RedisProducer } from './producer.js'

// The protocol allows 512 MB, but the memory of both sides holds it more than once.
const MAX_DATA = 64 * 1024 * 1024

/**
 * A queue on a Redis stream, between any number of machines. Those who take in one group share what comes; each group gets
 * everything. `put` settles when the server has the batches: whether they outlive it is for its own settings to say
 * (`appendonly`, `appendfsync`). Needs Redis 6.2 or newer, or Valkey. Python: none; `queue.Queue` is within one process.
 * @throws {HandlerOptionError} for options that are wrong.
 */
export default function queueRedis(options: QueueRedisOptions = {}): Queue {
  return new RedisQueue(resolveOptions('queue-redis', checks, defaults, options))
}

class RedisQueue implements Queue {
  readonly label: string
  readonly maxBatchBytes: number = MAX_DATA
  observer: QueueObserver | undefined
  readonly #producer: RedisProducer
  readonly #consumer: RedisConsumer

  constructor(settings: RedisSettings) {
    this.label = labelOf(settings)
    const consumer = settings.consumer ?? `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`
    this.#producer = new RedisProducer(settings, (count, reason) => this.observer?.lost(count, reason))
    this.#consumer = new RedisConsumer(settings, consumer, (error) => this.observer?.failed(error))
  }

  put(batches: readonly QueueBatch[], signal: AbortSignal): Promise<void> {
    return this.#producer.put(batches, signal)
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#consumer.open(signal)
  }

  take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    return this.#consumer.take(signal)
  }

  takeNow(): readonly QueueBatch[] {
    return this.#consumer.takeNow()
  }

  acknowledge(batches: readonly QueueBatch[]): Promise<void> {
    return this.#consumer.acknowledge(batches)
  }

  async close(signal: AbortSignal): Promise<void> {
    this.#producer.close()
    await this.#consumer.close(signal)
  }
}

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof queueRedis, typeof import('./index.js')> = Object.assign(queueRedis, {
  queueRedis,
  options,
})

export type { ClientOptions, QueueRedisOptions, RedisOverflow } from './options.js'
export { commonJs as 'module.exports', options, queueRedis }
