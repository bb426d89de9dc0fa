// A queue on RabbitMQ.

import { type CommonJs, resolveOptions } from '@pino-handlers/core'
import { engineQueue, type Queue } from '@pino-handlers/core/queue'
import { labelOf } from './connection.js'
import { AmqpConsumer } from './consumer.js'
import { checks, defaults, options, type QueueAmqpOptions } from './options.js'
import { AmqpProducer } from './producer.js'

/**
 * A queue on RabbitMQ, or on another server that speaks AMQP 0-9-1, between any number of machines. Those who take from one
 * queue share what comes; each queue of the exchange gets everything. `put` settles when the server confirms that it has the
 * batches. What was taken and not acknowledged goes back to where it was as soon as its listener is gone. Python: none;
 * `queue.Queue` is within one process.
 * @throws {HandlerOptionError} for options that are wrong.
 */
export default function queueAmqp(options: QueueAmqpOptions = {}): Queue {
  const settings = resolveOptions('queue-amqp', checks, defaults, options)
  return engineQueue(labelOf(settings), ({ failed }) => ({
    producer: new AmqpProducer(settings, failed),
    consumer: new AmqpConsumer(settings),
  }))
}

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof queueAmqp, typeof import('./index.js')> = Object.assign(queueAmqp, {
  queueAmqp,
  options,
})

export type { AmqpOverflow, QueueAmqpOptions } from './options.js'
export { commonJs as 'module.exports', options, queueAmqp }
