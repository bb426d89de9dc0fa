// The side of a queue on RabbitMQ that takes.

import { countLines } from '@pino-handlers/core'
import { EngineLink, Inbox, type QueueBatch } from '@pino-handlers/core/queue'
import type { ConsumeMessage } from 'amqplib'
import { type Amqp, connectionCalls, makeQueue } from './connection.js'
import type { AmqpSettings } from './options.js'

const NEVER = new AbortController().signal

/** Consumes from one queue. */
export class AmqpConsumer {
  readonly #settings: AmqpSettings
  readonly #link: EngineLink<Amqp>
  readonly #inbox = new Inbox()
  // What the connection that is there has brought, by id.
  #messages: Map<string, ConsumeMessage[]> = new Map()
  #made = 0
  #waiting = 0
  #closed = false

  constructor(settings: AmqpSettings) {
    this.#settings = settings
    this.#link = new EngineLink(
      connectionCalls(settings, {
        prepare: (amqp) => this.#consume(amqp),
        lost: (error) => this.#lost(error),
        // It publishes nothing.
        blocked() {},
      }),
    )
  }

  /** Makes exchange and queue when they are missing, and begins to consume. */
  async open(signal: AbortSignal): Promise<void> {
    await this.#link.use(async () => {}, signal, this.#settings.timeout)
  }

  async take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    if (this.#closed) throw new Error('the queue is closed')
    if (!this.#inbox.isEmpty) return await this.#inbox.take(signal)
    await this.open(NEVER)
    this.#waiting++
    // A listener that waits keeps its process alive.
    const release = this.#link.hold()
    try {
      return await this.#inbox.take(signal)
    } finally {
      this.#waiting--
      release()
    }
  }

  takeNow(): readonly QueueBatch[] {
    return this.#inbox.takeNow()
  }

  /** What an earlier connection has brought comes again, and is acknowledged then. */
  async acknowledge(batches: readonly QueueBatch[]): Promise<void> {
    if (this.#messages.size === 0) return
    await this.#link.use(async ({ channel }) => this.#acknowledge(channel, batches), NEVER, this.#settings.timeout)
  }

  // One word for all that stand before what is still being handled: one for each would be most of the work of small batches.
  #acknowledge(channel: Amqp['channel'], batches: readonly QueueBatch[]): void {
    const handled = batches.flatMap(({ id }) => {
      const messages = this.#messages.get(id) ?? []
      this.#messages.delete(id)
      return messages
    })
    const [oldest] = this.#messages.values()
    const before = oldest?.[0]?.fields.deliveryTag ?? Number.POSITIVE_INFINITY
    let last: ConsumeMessage | undefined
    for (const message of handled) {
      if (message.fields.deliveryTag > before) channel.ack(message)
      else if (!last || message.fields.deliveryTag > last.fields.deliveryTag) last = message
    }
    if (last) channel.ack(last, true)
  }

  /** Says goodbye if there is time; what was not acknowledged goes back to where it was. */
  async close(signal: AbortSignal): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#inbox.fail(new Error('the queue is closed'))
    if (!signal.aborted && this.#made > 0) {
      // The server has acknowledgements that were sent before.
      const goodbye = ({ channel }: Amqp): Promise<void> => channel.close()
      await this.#link.use(goodbye, signal, this.#settings.timeout).catch(() => {})
    }
    this.#link.close()
  }

  async #consume(amqp: Amqp): Promise<void> {
    const { channel } = amqp
    await makeQueue(amqp, this.#settings)
    await channel.prefetch(this.#settings.prefetch)
    this.#messages = new Map()
    this.#inbox.clear()
    this.#made++
    await channel.consume(this.#settings.queue, (message) => {
      if (message) this.#arrived(message)
      // Somebody has deleted the queue.
      else this.#link.drop(new Error('the queue was deleted'))
    })
  }

  #arrived(message: ConsumeMessage): void {
    const data = message.content.toString()
    const text = data.endsWith('\n') ? data : `${data}\n`
    // What somebody else has published has no id of ours, and comes again with another one.
    const given: unknown = message.properties.messageId
    const id = typeof given === 'string' ? given : `${this.#settings.queue}-${this.#made}-${message.fields.deliveryTag}`
    const known = this.#messages.get(id)
    if (known) known.push(message)
    else this.#messages.set(id, [message])
    this.#inbox.add([{ id, data: text, count: countLines(text) }])
  }

  #lost(error: Error | undefined): void {
    this.#messages = new Map()
    // It comes again.
    this.#inbox.clear()
    if (!this.#closed && this.#waiting > 0) this.#inbox.fail(error ?? new Error('the connection was lost'))
  }
}
