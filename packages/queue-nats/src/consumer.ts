// The side of a queue on JetStream that takes.

import type { JsMsg } from '@nats-io/jetstream'
import { countLines, toError } from '@pino-handlers/core'
import { EngineLink, Intake, nextReadCount, type QueueBatch } from '@pino-handlers/core/queue'
import { connectionCalls, type Nats } from './connection.js'
import { inWords } from './error-words.js'
import type { NatsSettings } from './options.js'

const NEVER = new AbortController().signal

// Milliseconds that a request for batches stands, and until the server says that it is still there.
const EXPIRES = 5_000

// Answers of a consumer, as JetStream knows them: it is done with, it is to come again, it is being handled.
const ACK = '+ACK'
const NAK = '-NAK'
const WORKING = '+WPI'

/** Fetches from one durable consumer. */
export class NatsConsumer {
  readonly #settings: NatsSettings
  readonly #failed: (error: Error) => void
  readonly #link: EngineLink<Nats>
  readonly #intake = new Intake(() => this.#read())
  // Where to answer, by the ids of what was taken; what came again after a broken connection has several.
  readonly #replies: Map<string, string[]> = new Map()
  #count = 16
  #working: NodeJS.Timeout | undefined
  #closed = false

  constructor(settings: NatsSettings, failed: (error: Error) => void) {
    this.#settings = settings
    this.#failed = failed
    this.#link = new EngineLink(connectionCalls(settings, true))
  }

  /** Makes stream and group when they are missing. */
  async open(signal: AbortSignal): Promise<void> {
    this.#working ??= setInterval(() => this.#tellWorking(), (this.#settings.ackWait * 1000) / 3).unref()
    await this.#link.use(async () => {}, signal, this.#settings.timeout)
  }

  take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    return this.#intake.take(signal)
  }

  takeNow(): readonly QueueBatch[] {
    return this.#intake.takeNow()
  }

  async acknowledge(batches: readonly QueueBatch[]): Promise<void> {
    const replies = batches.flatMap(({ id }) => {
      const known = this.#replies.get(id) ?? []
      this.#replies.delete(id)
      return known
    })
    if (replies.length > 0) await this.#answer(replies, ACK, NEVER)
  }

  /** Gives back what was not acknowledged, if there is time. */
  async close(signal: AbortSignal): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#working)
    this.#intake.close()
    const replies = [...this.#replies.values()].flat()
    if (replies.length > 0 && !signal.aborted) {
      // Else it comes again after a while.
      await this.#answer(replies, NAK, signal).catch(() => {})
    }
    this.#link.close()
    await this.#intake.ended()
  }

  async #read(): Promise<void> {
    try {
      await this.open(NEVER)
      // Without a limit: the server says all the time that it is there.
      await this.#link.use((nats) => this.#fetch(nats), NEVER, 0)
    } catch (error) {
      throw inWords(error)
    }
  }

  // Until as many have come as were asked for, or nothing has come for long.
  async #fetch({ client }: Nats): Promise<void> {
    const { stream, group } = this.#settings
    const consumer = await client.consumers.get(stream, group)
    const arrived: QueueBatch[] = []
    for await (const message of await consumer.fetch({ max_messages: this.#count, expires: EXPIRES })) {
      const batch = this.#batchOf(message)
      arrived.push(batch)
      this.#intake.add([batch])
    }
    this.#count = nextReadCount(this.#count, arrived)
  }

  // What somebody else has published has no id of ours: the number in the stream is as good.
  #batchOf(message: JsMsg): QueueBatch {
    const data = message.string()
    const text = data.endsWith('\n') ? data : `${data}\n`
    const id = message.headers?.get('Nats-Msg-Id') || `${this.#settings.stream}-${message.seq}`
    const reply = replyOf(message)
    const known = this.#replies.get(id)
    if (known) known.push(reply)
    else this.#replies.set(id, [reply])
    return { id, data: text, count: countLines(text) }
  }

  // What is only waiting for a slow handler is not to be given to others.
  #tellWorking(): void {
    const replies = [...this.#replies.values()].flat()
    if (replies.length === 0 || this.#closed) return
    this.#answer(replies, WORKING, NEVER).catch((error) => {
      if (!this.#closed) this.#failed(toError(error))
    })
  }

  // Over the connection that is there now, be it another one than that which brought them.
  async #answer(replies: readonly string[], answer: string, signal: AbortSignal): Promise<void> {
    await this.#link.use(
      async ({ connection }) => {
        for (const reply of replies) connection.publish(reply, answer)
        await connection.flush()
      },
      signal,
      this.#settings.timeout,
    )
  }
}

// The types of the client leave it out.
function replyOf(message: JsMsg): string {
  return 'reply' in message && typeof message.reply === 'string' ? message.reply : ''
}
