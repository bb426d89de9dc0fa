// A queue on Redis Streams.

import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { type CommonJs, resolveOptions } from '@pino-handlers/core'
import { engineQueue, type Queue } from '@pino-handlers/core/queue'
import { labelOf } from './connection.js'
import { RedisConsumer } from './consumer.js'
import { checks, defaults, options, type QueueRedisOptions } from './options.js'
import { RedisProducer } from './producer.js'

/**
 * A queue on a Redis stream, between any number of machines. Those who take in one group share what comes; each group gets
 * everything. `put` settles when the server has the batches: whether they outlive it is for its own settings to say
 * (`appendonly`, `appendfsync`). Needs Redis 6.2 or newer, or Valkey. Python: none; `queue.Queue` is within one process.
 * @throws {HandlerOptionError} for options that are wrong.
 */
export default function queueRedis(options: QueueRedisOptions = {}): Queue {
  const settings = resolveOptions('queue-redis', checks, defaults, options)
  const consumer = settings.consumer ?? `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`
  return engineQueue(labelOf(settings), ({ lost, failed }) => ({
    producer: new RedisProducer(settings, lost),
    consumer: new RedisConsumer(settings, consumer, failed),
  }))
}

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof queueRedis, typeof import('./index.js')> = Object.assign(queueRedis, {
  queueRedis,
  options,
})

export type {
  ClientOptions,
  NodeAddressMap,
  QueueRedisOptions,
  RedisClusterOptions,
  RedisOverflow,
  RedisSentinelOptions,
} from './options.js'
export { commonJs as 'module.exports', options, queueRedis }
