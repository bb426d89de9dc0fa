// Requests as sending over a connection: outbox, back-off and books are those of every handler that sends.

import { toError } from '@pino-handlers/core'
import type { Client, ClientWords, Connection, ConnectionListener, Part } from '@pino-handlers/core/net'
import { type Courier, Unavailable } from './courier.js'
import type { Exchange } from './exchange.js'
import { HttpPart } from './part.js'

/** What an {@link httpClient} is made of. */
export interface HttpClientSettings {
  /** The server as it stands in messages. */
  readonly label: string
  readonly courier: Courier
  /** Makes what requests go through, anew after each failure. */
  readonly connect: () => Exchange
  /** Requests under way at a time; more than one gives up their order. */
  readonly concurrency: number
  /** The user sends again what could not be sent. */
  readonly sendsAgain: boolean
}

const WORDS: ClientWords = {
  cannot: 'cannot send to',
  lost: 'cannot send to',
  well: 'records go to',
  failure: 'send',
}

/**
 * A client whose connection opens at once, and after a failure only when the request that failed has been answered: until
 * then nothing else is sent, so that its user's back-off is a circuit breaker with one request as the half-open state.
 */
export function httpClient(settings: HttpClientSettings): Client {
  const past: Past = { failed: undefined, notBefore: 0 }
  return {
    label: settings.label,
    words: WORDS,
    connect: (listener) => new HttpConnection(settings, listener, past),
  }
}

// What the connection before could not send, and when the server wants to be asked again, in milliseconds of performance.now().
interface Past {
  failed: HttpPart | undefined
  notBefore: number
}

class HttpConnection implements Connection {
  readonly #settings: HttpClientSettings
  readonly #listener: ConnectionListener
  readonly #past: Past
  readonly #exchange: Exchange
  readonly #end = new AbortController()
  #timer: NodeJS.Timeout | undefined

  constructor(settings: HttpClientSettings, listener: ConnectionListener, past: Past) {
    this.#settings = settings
    this.#listener = listener
    this.#past = past
    const { failed, notBefore } = past
    past.failed = undefined
    // A file that cannot be read now is a failure like others.
    this.#exchange = attempt(settings.connect)
    const wait = notBefore - performance.now()
    if (wait > 0) this.#timer = setTimeout(() => this.#open(failed), wait).unref()
    else process.nextTick(() => this.#open(failed))
  }

  send(parts: readonly Part[], done: (taken: number) => void): void {
    const first = parts.slice(0, this.#settings.concurrency).map(partOf)
    this.#deliver(first).then(({ taken, error }) => {
      if (this.#end.signal.aborted) return
      if (error === undefined) done(taken)
      else this.#fail(error, taken, first[taken])
    })
  }

  // Requests take their time.
  sendNow(): void {}

  async end(): Promise<void> {
    this.#exchange.destroy()
  }

  destroy(): void {
    clearTimeout(this.#timer)
    this.#end.abort()
    this.#exchange.destroy()
  }

  #open(failed: HttpPart | undefined): void {
    if (this.#end.signal.aborted) return
    if (!failed) {
      this.#listener.opened()
      return
    }
    this.#deliver([failed]).then(({ error }) => {
      if (this.#end.signal.aborted) return
      if (error === undefined) this.#listener.opened()
      else this.#fail(error, 0, failed)
    })
  }

  // How many parts, from the first, are settled, and why the next one is not. Those behind it may be settled as well.
  async #deliver(parts: readonly HttpPart[]): Promise<{ taken: number; error: unknown }> {
    const { signal } = this.#end
    const results = await Promise.allSettled(
      parts.map((part) => this.#settings.courier.deliver(part, this.#exchange, signal)),
    )
    const failed = results.findIndex(({ status }) => status === 'rejected')
    const result = results[failed]
    if (result?.status !== 'rejected') return { taken: parts.length, error: undefined }
    return { taken: failed, error: toError(result.reason) }
  }

  #fail(error: unknown, taken: number, failed: HttpPart | undefined): void {
    this.destroy()
    if (this.#settings.sendsAgain) this.#past.failed = failed
    this.#past.notBefore = error instanceof Unavailable ? performance.now() + error.delay * 1000 : 0
    this.#listener.closed(toError(error), taken)
  }
}

function attempt(connect: () => Exchange): Exchange {
  try {
    return connect()
  } catch (error) {
    return { request: () => Promise.reject(error), destroy: () => {} }
  }
}

function partOf(part: Part): HttpPart {
  if (part instanceof HttpPart) return part
  throw new TypeError('a courier takes parts with a request')
}
