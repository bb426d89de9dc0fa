// The side of a queue on JetStream that puts.

import { EngineLink, type QueueBatch } from '@pino-handlers/core/queue'
import { connectionCalls, type Nats, subjectOf } from './connection.js'
import { inWords } from './error-words.js'
import type { NatsSettings } from './options.js'

// Bytes of a message beside its text: the headers, with an id.
const HEADERS = 1024

/** Publishes batches to a stream. */
export class NatsProducer {
  readonly #settings: NatsSettings
  readonly #link: EngineLink<Nats>
  #maxBatchBytes = Number.POSITIVE_INFINITY

  constructor(settings: NatsSettings) {
    this.#settings = settings
    this.#link = new EngineLink(connectionCalls(settings, false))
  }

  /** As the server has said; no limit before that. */
  get maxBatchBytes(): number {
    return this.#maxBatchBytes
  }

  /** Resolves when the stream has all of them. */
  async put(batches: readonly QueueBatch[], signal: AbortSignal): Promise<void> {
    if (batches.length === 0) return
    await this.#link.use((nats) => this.#put(nats, batches), signal, this.#settings.timeout)
  }

  close(): void {
    this.#link.close()
  }

  async #put({ client, maxPayload }: Nats, batches: readonly QueueBatch[]): Promise<void> {
    this.#maxBatchBytes = maxPayload - HEADERS
    const sizes = batches.map(({ data }) => Buffer.byteLength(data))
    const largest = Math.max(...sizes)
    if (largest > this.#maxBatchBytes)
      throw new Error(
        `the batch is larger than the server takes: ${largest} bytes, while its max_payload is ${maxPayload}`,
      )
    const timeout = this.#settings.timeout * 1000
    const subject = subjectOf(this.#settings)
    // A batch that the stream has already counts as put.
    await Promise.all(batches.map(({ id, data }) => client.publish(subject, data, { msgID: id, timeout }))).catch(
      (error) => {
        throw inWords(error)
      },
    )
  }
}
