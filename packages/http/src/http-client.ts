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

// Seconds by which a timer may be early.
const EARLY = 0.005

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
  const past: Past = { failed: undefined, refusal: undefined, notBefore: 0 }
  return {
    label: settings.label,
    words: WORDS,
    delayAfter: (error) => (error instanceof Unavailable && error.delay > 0 ? error.delay + EARLY : 0),
    // A last request is better than none, even if the server wants to be left alone.
    hurry() {
      past.refusal = undefined
    },
    connect(listener) {
      const wait = past.notBefore - performance.now()
      if (!past.refusal || wait <= 0) return new HttpConnection(settings, listener, past)
      return refusedConnection(listener, new Unavailable(past.refusal.message, wait / 1000))
    },
  }
}

// What the connection before could not send, and when the server wants to be asked again, in milliseconds of performance.now().
interface Past {
  failed: HttpPart | undefined
  refusal: Unavailable | undefined
  notBefore: number
}

// For somebody who wants to know now, as with a flush: the server is not to be asked yet.
function refusedConnection(listener: ConnectionListener, refusal: Unavailable): Connection {
  let isOver = false
  const destroy = (): void => {
    isOver = true
  }
  process.nextTick(() => {
    if (!isOver) listener.closed(refusal, 0)
  })
  return { send() {}, sendNow() {}, end: async () => destroy(), destroy }
}

class HttpConnection implements Connection {
  readonly #settings: HttpClientSettings
  readonly #listener: ConnectionListener
  readonly #past: Past
  readonly #exchange: Exchange
  readonly #end = new AbortController()

  constructor(settings: HttpClientSettings, listener: ConnectionListener, past: Past) {
    this.#settings = settings
    this.#listener = listener
    this.#past = past
    const { failed } = past
    past.failed = undefined
    // A file that cannot be read now is a failure like others.
    this.#exchange = attempt(settings.connect)
    process.nextTick(() => this.#open(failed))
  }

  send(parts: readonly Part[], done: (taken: number) => void): void {
    const first = parts.slice(0, this.#settings.concurrency).map(partOf)
    this.#deliver(first).then(({ taken, error }) => {
      if (this.#end.signal.aborted) return
      if (error === undefined) done(taken)
      else this.#fail(error, this.#settings.sendsAgain ? taken : giveUp(first, taken), first[taken])
    })
  }

  // Requests take their time.
  sendNow(): void {}

  async end(): Promise<void> {
    this.#exchange.destroy()
  }

  destroy(): void {
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
    this.#past.refusal = error instanceof Unavailable ? error : undefined
    this.#past.notBefore = performance.now() + (this.#past.refusal?.delay ?? 0) * 1000
    this.#listener.closed(toError(error), taken)
  }
}

// When nothing is sent again, parts that the server has answered for in part are settled as they are. Returns how many are.
function giveUp(parts: readonly HttpPart[], taken: number): number {
  const last = parts.findLastIndex((part, index) => index >= taken && part.rest < part.count)
  for (const part of parts.slice(taken, last + 1)) part.giveUp('overflow')
  return Math.max(taken, last + 1)
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
