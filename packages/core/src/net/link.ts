// A connection that is made again when it breaks.

import { milliseconds } from '../milliseconds.js'
import type { Monitor } from '../monitor.js'
import { afterFailure, type BackOff, NO_FAILURE, type RetrySettings, withJitter } from './back-off.js'
import type { Client, ClientWords, Connection, Part } from './client.js'
import { isCertificateError } from './tls.js'

/** Who uses a {@link Link}. */
export interface LinkUser {
  /** There is something to send. */
  readonly isWaiting: boolean
  /** Records that are held. */
  readonly held: number
  /** The link can send; `again` after it could not. */
  opened(again: boolean): void
  /** The connection is gone: `wasOpen`, and the first `taken` parts of what was being sent have gone out. */
  lost(wasOpen: boolean, taken: number): void
  /** The next attempt is only due after a while. */
  paused(): void
  /** The link has closed in good order until there is something to send. */
  idled(): void
}

/** Payload of the `reconnect` event. */
export interface Reconnect {
  readonly handler: string
  /** The destination, such as `tcp://127.0.0.1:9020`. */
  readonly to: string
  /** Records that were held meanwhile. */
  readonly held: number
}

// When closing, the destination is asked this often, in seconds, however long it has been away.
const LAST_TRIES = 0.25

const WORDS: ClientWords = { cannot: 'cannot connect to', lost: 'lost the connection to', well: 'connected to' }

const NEVER = new AbortController().signal

/** Connects when it is told to, and again after each failure with the pauses of Python's SocketHandler; reports what happens. */
export class Link {
  readonly #client: Client
  readonly #settings: RetrySettings
  readonly #monitor: Monitor
  readonly #user: LinkUser
  #connection: Connection | undefined
  // When the connection opened; undefined while it has not.
  #openedAt: number | undefined
  #backOff: BackOff = NO_FAILURE
  #retryTimer: NodeJS.Timeout | undefined
  #known = false
  // It has failed since it was open.
  #broken = false
  #hurries = false
  #over = false
  #failedAttempts = 0
  #lastError: Error | undefined

  constructor(client: Client, settings: RetrySettings, monitor: Monitor, user: LinkUser) {
    this.#client = client
    this.#settings = settings
    this.#monitor = monitor
    this.#user = user
  }

  get isOpen(): boolean {
    return this.#openedAt !== undefined
  }

  /** A connection is being made. */
  get isConnecting(): boolean {
    return this.#connection !== undefined && !this.isOpen
  }

  /** After a failure it waits until the next attempt is due. */
  get isPaused(): boolean {
    return this.#retryTimer !== undefined
  }

  /** Attempts that have failed: no connection, or one that broke at once. */
  get failedAttempts(): number {
    return this.#failedAttempts
  }

  get lastError(): Error | undefined {
    return this.#lastError
  }

  /** Connects unless it is connected, on the way, or waiting after a failure. */
  connect(): void {
    if (this.#connection || this.#retryTimer || this.#over) return
    this.#connection = this.#client.connect({
      opened: () => this.#opened(),
      closed: (error, taken) => this.#closed(error, taken),
      idled: () => this.#idled(),
      failed: (error) => this.report(error),
    })
    if (this.#broken) this.#monitor.retried()
    // Told when there is a connection: who hears it may write, and would make a second one.
    if (!this.#known) this.#monitor.state = 'connecting'
    this.#known = true
  }

  /** Connects without waiting for the time of the next attempt. */
  connectNow(): void {
    this.#stopWaiting()
    this.connect()
  }

  /** For the last moments of a process: opens without waiting, if the client can. */
  openNow(): void {
    if (!this.#client.isLocal || this.isOpen) return
    this.connectNow()
    this.#connection?.sendNow()
  }

  /** From now on attempts follow each other soon, since there is not much time left. */
  hurry(): void {
    this.#hurries = true
    this.#client.hurry?.()
  }

  send(parts: readonly Part[], done: Parameters<Connection['send']>[1]): void {
    this.#connection?.send(parts, done)
  }

  sendNow(): void {
    this.#connection?.sendNow()
  }

  /** Closes the connection in good order, until the next `connect`. */
  disconnect(): void {
    const connection = this.#connection
    this.#connection = undefined
    this.#openedAt = undefined
    connection?.end(NEVER)
  }

  /** Reports what could not be sent. */
  report(error: Error): void {
    this.#monitor.failure('send', this.#errorOf('sending to', error))
  }

  /** Ends in good order, or at once if `signal` has aborted; it does not connect again. */
  async end(signal: AbortSignal): Promise<void> {
    this.#over = true
    this.#stopWaiting()
    if (this.isOpen && !signal.aborted) await this.#connection?.end(signal)
    this.#connection?.destroy()
    this.#connection = undefined
    this.#openedAt = undefined
  }

  get #words(): ClientWords {
    return this.#client.words ?? WORDS
  }

  #opened(): void {
    this.#openedAt = performance.now()
    const { handler } = this.#monitor
    const again = this.#broken
    this.#broken = false
    this.#monitor.state = 'open'
    if (again) {
      const { held } = this.#user
      this.#monitor.recovered(`${this.#words.well} ${this.#client.label}`, held)
      this.#monitor.emit('reconnect', { handler, to: this.#client.label, held } satisfies Reconnect)
    }
    this.#user.opened(again)
  }

  #closed(error: Error | undefined, taken: number): void {
    const openFor = this.#openedAt === undefined ? undefined : performance.now() - this.#openedAt
    const wasOpen = openFor !== undefined
    this.#connection = undefined
    this.#openedAt = undefined
    // One that breaks at once is no success: a server that accepts and hangs up is not to be asked without a pause.
    const lasted = wasOpen && openFor >= this.#settings.retryStart * 1000
    const cause = error ?? (lasted ? undefined : new Error('the other side closed it at once'))
    if (cause) this.#remember(cause, wasOpen)
    this.#user.lost(wasOpen, taken)
    if (lasted) this.#startAfresh()
    else this.#wait(cause)
    // Told last: who hears it may write, flush or close.
    if (cause) this.#tell(cause, wasOpen)
  }

  #remember(cause: Error, wasOpen: boolean): void {
    this.#broken = true
    this.#lastError = this.#errorOf(wasOpen ? this.#words.lost : this.#words.cannot, cause)
  }

  #tell(cause: Error, wasOpen: boolean): void {
    this.#monitor.state = this.#longPause(cause) === undefined ? 'degraded' : 'failed'
    this.#monitor.failure(this.#words.failure ?? (wasOpen ? 'send' : 'connect'), this.#lastError)
  }

  #errorOf(what: string, cause: Error & { code?: string }): Error {
    const error = new Error(`${what} ${this.#client.label}: ${cause.message}`, { cause })
    return Object.assign(error, { code: cause.code })
  }

  #idled(): void {
    this.#connection = undefined
    this.#openedAt = undefined
    this.#user.idled()
  }

  #startAfresh(): void {
    this.#backOff = NO_FAILURE
    if (this.#user.isWaiting) this.connect()
  }

  #wait(cause: Error | undefined): void {
    this.#failedAttempts++
    this.#backOff = afterFailure(this.#backOff, performance.now() / 1000, this.#settings)
    const period = (cause && this.#longPause(cause)) ?? this.#backOff.retryPeriod
    const jittered = withJitter(this.#hurries ? Math.min(period, LAST_TRIES) : period, Math.random)
    const delay = Math.max(jittered, (cause && this.#client.delayAfter?.(cause)) ?? 0)
    this.#retryTimer = setTimeout(() => this.#retry(), milliseconds(delay))
    if (!this.#hurries) this.#retryTimer.unref()
    this.#user.paused()
  }

  // What is wrong with a certificate is not put right in seconds.
  #longPause(cause: Error): number | undefined {
    return this.#client.pauseAfter?.(cause) ?? (isCertificateError(cause) ? this.#settings.retryMax : undefined)
  }

  #retry(): void {
    this.#retryTimer = undefined
    if (this.#user.isWaiting) this.connect()
  }

  #stopWaiting(): void {
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
  }
}
