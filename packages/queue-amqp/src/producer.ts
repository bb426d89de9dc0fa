// The side of a queue on RabbitMQ that puts.

import { EngineLink, type QueueBatch, type QueueObserver } from '@pino-handlers/core/queue'
import { type Amqp, connectionCalls, makeQueue } from './connection.js'
import { inWords, largestMessage } from './error-words.js'
import type { AmqpSettings } from './options.js'

/** Publishes batches to an exchange. */
export class AmqpProducer {
  readonly #settings: AmqpSettings
  readonly #link: EngineLink<Amqp>
  #maxBatchBytes: number
  #blocked: () => string | undefined = () => undefined
  #wasFull = false
  // Those that no queue got.
  readonly #returned: Set<string> = new Set()
  // Those of the last put that are in, although it failed: put again with the others, they would take room from these.
  #confirmed: Set<string> = new Set()

  constructor(settings: AmqpSettings, failed: QueueObserver['failed']) {
    this.#settings = settings
    // More would find no room for ever.
    this.#maxBatchBytes = settings.maxBytes || Number.POSITIVE_INFINITY
    this.#link = new EngineLink(
      connectionCalls(settings, {
        prepare: async (amqp) => {
          this.#blocked = () => amqp.blocked
          amqp.channel.on('return', ({ properties }) => this.#returned.add(String(properties.messageId)))
        },
        lost: (error) => this.#lost(error),
        blocked: (reason) => failed(new Error(`the server takes nothing for now: ${reason}`)),
      }),
    )
  }

  /** What an empty queue takes, or less once the server has said so. */
  get maxBatchBytes(): number {
    return this.#maxBatchBytes
  }

  /** Resolves when the server has all of them, as safe as the queue makes them. */
  async put(batches: readonly QueueBatch[], signal: AbortSignal): Promise<void> {
    if (batches.length === 0) return
    const blocked = this.#blocked()
    // It would only fill the connection.
    if (blocked !== undefined) throw new Error(`the server takes nothing for now: ${blocked}`)
    const left = batches.filter(({ id }) => !this.#confirmed.has(id))
    this.#confirmed = new Set(batches.map(({ id }) => id).filter((id) => this.#confirmed.has(id)))
    if (left.length > 0) await this.#link.use((amqp) => this.#put(amqp, left), signal, this.#settings.timeout)
    this.#confirmed.clear()
  }

  close(): void {
    this.#link.close()
  }

  async #put(amqp: Amqp, batches: readonly QueueBatch[]): Promise<void> {
    this.#returned.clear()
    await this.#publishAll(amqp, batches)
    const unrouted = batches.filter(({ id }) => this.#returned.has(id))
    if (unrouted.length === 0) return
    // Nobody has ever taken: from now on it is kept.
    await makeQueue(amqp, this.#settings)
    this.#returned.clear()
    await this.#publishAll(amqp, unrouted)
  }

  // Once the queue was full one after the other, since a later one may find room where an earlier one did not.
  async #publishAll(amqp: Amqp, batches: readonly QueueBatch[]): Promise<void> {
    if (this.#wasFull) {
      for (const batch of batches) await this.#publish(amqp, batch)
      return
    }
    const all = batches.map((batch) => this.#publish(amqp, batch))
    // What is refused is told of before what is safe.
    await Promise.allSettled(all)
    await Promise.all(all)
  }

  #publish({ channel }: Amqp, { id, data }: QueueBatch): Promise<void> {
    const content = Buffer.from(data)
    const properties = { messageId: id, persistent: true, mandatory: true, contentType: 'application/x-ndjson' }
    return new Promise((resolve, reject) => {
      channel.publish(this.#settings.exchange, '', content, properties, (error: unknown) => {
        if (!error) {
          if (!this.#returned.has(id)) this.#confirmed.add(id)
          resolve()
        } else if (/nacked/.test(String(error))) {
          this.#wasFull = true
          reject(new Error('the queue is full'))
        } else reject(inWords(error))
      })
    })
  }

  #lost(error: Error | undefined): void {
    this.#blocked = () => undefined
    this.#maxBatchBytes = Math.min(this.#maxBatchBytes, (error && largestMessage(error)) ?? Number.POSITIVE_INFINITY)
  }
}
