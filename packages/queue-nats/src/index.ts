// A queue on NATS JetStream.

import { type CommonJs, resolveOptions } from '@pino-handlers/core'
import type { Queue, QueueBatch, QueueObserver } from '@pino-handlers/core/queue'
import { labelOf } from './connection.js'
import { NatsConsumer } from './consumer.js'
import { checks, defaults, type NatsSettings, options, type QueueNatsOptions } from './options.js'
import { NatsProducer } from './producer.js'

/**
 * A queue on a stream of NATS JetStream, between any number of machines. Those who take in one group share what comes; each
 * group gets everything. `put` settles when the stream has the batches; one that is put again within `duplicateWindow` is
 * there once. A batch may have as many bytes as the server's `max_payload` says, 1 MB unless it is configured. Needs
 * nats-server 2.9 or newer. Python: none; `queue.Queue` is within one process.
 * @throws {HandlerOptionError} for options that are wrong.
 */
export default function queueNats(options: QueueNatsOptions = {}): Queue {
  return new NatsQueue(resolveOptions('queue-nats', checks, defaults, options))
}

class NatsQueue implements Queue {
  readonly label: string
  observer: QueueObserver | undefined
  readonly #producer: NatsProducer
  readonly #consumer: NatsConsumer

  constructor(settings: NatsSettings) {
    this.label = labelOf(settings)
    this.#producer = new NatsProducer(settings)
    this.#consumer = new NatsConsumer(settings, (error) => this.observer?.failed(error))
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
const commonJs: CommonJs<typeof queueNats, typeof import('./index.js')> = Object.assign(queueNats, {
  queueNats,
  options,
})

export type { ClientOptions, QueueNatsOptions } from './options.js'
export { commonJs as 'module.exports', options, queueNats }
