// The side of a queue on JetStream that puts.

import { EngineLink, type QueueBatch } from '@pino-handlers/core/queue'
import { connectionCalls, type Nats } from './connection.js'
import { inWords, isFull } from './error-words.js'
import type { NatsSettings } from './options.js'
import { subjectOf } from './stream.js'

/** Publishes batches to a stream. */
export class NatsProducer {
  readonly #settings: NatsSettings
  readonly #link: EngineLink<Nats>
  #maxBatchBytes = Number.POSITIVE_INFINITY
  #wasFull = false

  constructor(settings: NatsSettings) {
    this.#settings = settings
    this.#link = new EngineLink(connectionCalls(settings, false))
  }

  /** As server and stream have said; no limit before that. */
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

  async #put({ client, maxBatchBytes }: Nats, batches: readonly QueueBatch[]): Promise<void> {
    this.#maxBatchBytes = maxBatchBytes
    const sizes = batches.map(({ data }) => Buffer.byteLength(data))
    const largest = Math.max(...sizes)
    if (largest > maxBatchBytes)
      throw new Error(`the batch is larger than the stream takes: ${largest} bytes of at most ${maxBatchBytes}`)
    try {
      await this.#publish(client, batches)
    } catch (thrown) {
      const error = inWords(thrown)
      this.#wasFull ||= isFull(error)
      throw error
    }
  }

  // Once the stream was full one after the other, since a later one may find room where an earlier one did not.
  async #publish(client: Nats['client'], batches: readonly QueueBatch[]): Promise<void> {
    const timeout = this.#settings.timeout * 1000
    const subject = subjectOf(this.#settings)
    // A batch that the stream has already counts as put.
    const publish = ({ id, data }: QueueBatch): Promise<unknown> =>
      client.publish(subject, data, { msgID: id, timeout })
    if (!this.#wasFull) await Promise.all(batches.map(publish))
    else for (const batch of batches) await publish(batch)
  }
}
