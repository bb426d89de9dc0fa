// A queue on NATS JetStream.

import { type CommonJs, resolveOptions } from '@pino-handlers/core'
import { engineQueue, type Queue } from '@pino-handlers/core/queue'
import { labelOf } from './connection.js'
import { NatsConsumer } from './consumer.js'
import { checks, defaults, options, type QueueNatsOptions } from './options.js'
import { NatsProducer } from './producer.js'

/**
 * A queue on a stream of NATS JetStream, between any number of machines. Those who take in one group share what comes; each
 * group gets everything. `put` settles when the stream has the batches; one that is put again within `duplicateWindow` is
 * there once. A batch may have as many bytes as the server's `max_payload` says, 1 MB unless it is configured, and as find
 * room in an empty stream. Needs nats-server 2.9 or newer. Python: none; `queue.Queue` is within one process.
 * @throws {HandlerOptionError} for options that are wrong.
 */
export default function queueNats(options: QueueNatsOptions = {}): Queue {
  const settings = resolveOptions('queue-nats', checks, defaults, options)
  return engineQueue(labelOf(settings), ({ failed }) => ({
    producer: new NatsProducer(settings),
    consumer: new NatsConsumer(settings, failed),
  }))
}

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof queueNats, typeof import('./index.js')> = Object.assign(queueNats, {
  queueNats,
  options,
})

export type { ClientOptions, QueueNatsOptions } from './options.js'
export { commonJs as 'module.exports', options, queueNats }
