// A queue on RabbitMQ.

import { type CommonJs, resolveOptions } from '@pino-handlers/core'
import type { Queue, QueueBatch, QueueObserver } from '@pino-handlers/core/queue'
import { labelOf } from './connection.js'
import { AmqpConsumer } from './consumer.js'
import { type AmqpSettings, checks, defaults, options, type QueueAmqpOptions } from './options.js'
import { AmqpProducer } from './producer.js'

/**
 * A queue on RabbitMQ, or on another server that speaks AMQP 0-9-1, between any number of machines. Those who take from one
 * queue share what comes; each queue of the exchange gets everything. `put` settles when the server confirms that it has the
 * batches. What was taken and not acknowledged goes back to where it was as soon as its listener is gone. Python: none;
 * `queue.Queue` is within one process.
 * @throws {HandlerOptionError} for options that are wrong.
 */
export default function queueAmqp(options: QueueAmqpOptions = {}): Queue {
  return new AmqpQueue(resolveOptions('queue-amqp', checks, defaults, options))
}

class AmqpQueue implements Queue {
  readonly label: string
  observer: QueueObserver | undefined
  readonly #producer: AmqpProducer
  readonly #consumer: AmqpConsumer

  constructor(settings: AmqpSettings) {
    this.label = labelOf(settings)
    this.#producer = new AmqpProducer(settings, (error) => this.observer?.failed(error))
    this.#consumer = new AmqpConsumer(settings)
  }

  get maxBatchBytes(): number {
    return this.#producer.maxBatchBytes
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
const commonJs: CommonJs<typeof queueAmqp, typeof import('./index.js')> = Object.assign(queueAmqp, {
  queueAmqp,
  options,
})

export type { AmqpOverflow, QueueAmqpOptions } from './options.js'
export { commonJs as 'module.exports', options, queueAmqp }
