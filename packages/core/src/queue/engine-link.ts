// A connection to a server that keeps a queue: made when it is needed, given up when something fails.

import { milliseconds } from '../milliseconds.js'

/** How a connection is made and let go of. */
export interface EngineCalls<C> {
  /** Connects; `lost` is to be called when the connection is over by itself. Once `over` aborts nobody waits for it any more. */
  connect(lost: (reason?: unknown) => void, over: AbortSignal): Promise<C>
  /** Lets go of a connection at once; what is under way is over. */
  destroy(connection: C): void
  /** Whether it keeps the process alive: only while somebody waits for something. */
  hold(connection: C, holds: boolean): void
}

/**
 * One connection at a time, for the packages whose queue is a server. What fails in any way ends the connection, and the
 * next use makes another one: when that is, is for the caller's back-off to say.
 */
export class EngineLink<C> {
  readonly #calls: EngineCalls<C>
  #connecting: Promise<C> | undefined
  #connection: C | undefined
  #over = new AbortController()
  #users = 0
  #closed = false

  constructor(calls: EngineCalls<C>) {
    this.#calls = calls
  }

  /**
   * Does something with the connection. Rejects with what fails, when `signal` aborts, when the queue is closed, and after
   * `limit` seconds; 0 waits for ever.
   */
  async use<T>(act: (connection: C) => Promise<T>, signal: AbortSignal, limit: number): Promise<T> {
    if (this.#closed) throw new Error('the queue is closed')
    const connecting = this.#connect()
    const over = this.#over
    const release = this.hold()
    try {
      return await within(connecting.then(act), [signal, over.signal], limit)
    } catch (error) {
      // Another use may have made a new one.
      if (over === this.#over) this.drop(error)
      throw error
    } finally {
      release()
    }
  }

  /** Keeps the process alive as a use does, until what is returned is called. */
  hold(): () => void {
    this.#users++
    this.#hold()
    return () => {
      this.#users--
      this.#hold()
    }
  }

  /** Ends the connection, if there is one; what is under way is rejected with `reason`. */
  drop(reason: unknown): void {
    this.#over.abort(reason)
    this.#over = new AbortController()
    if (this.#connection !== undefined) this.#calls.destroy(this.#connection)
    this.#connection = undefined
    this.#connecting = undefined
  }

  /** Ends it for good. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.drop(new Error('the queue is closed'))
  }

  #connect(): Promise<C> {
    this.#connecting ??= this.#makeConnection(this.#over)
    return this.#connecting
  }

  async #makeConnection(over: AbortController): Promise<C> {
    const lost = (reason?: unknown): void => {
      if (over === this.#over) this.drop(reason instanceof Error ? reason : new Error('the connection was lost'))
    }
    const connection = await this.#calls.connect(lost, over.signal)
    if (over.signal.aborted) {
      this.#calls.destroy(connection)
      throw over.signal.reason
    }
    this.#connection = connection
    this.#hold()
    return connection
  }

  #hold(): void {
    if (this.#connection !== undefined) this.#calls.hold(this.#connection, this.#users > 0)
  }
}

function within<T>(doing: Promise<T>, signals: readonly AbortSignal[], limit: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const [mine, link] = signals
    const timer =
      limit > 0
        ? setTimeout(() => reject(new Error(`no answer within ${limit} s`)), milliseconds(limit)).unref()
        : undefined
    const late = (): void => reject(new Error('what was put has not been settled in time'))
    const lost = (): void => reject(link?.reason)
    const end = (): void => {
      clearTimeout(timer)
      mine?.removeEventListener('abort', late)
      link?.removeEventListener('abort', lost)
    }
    mine?.addEventListener('abort', late)
    link?.addEventListener('abort', lost)
    if (mine?.aborted) late()
    doing.then(resolve, reject).finally(end)
  })
}
