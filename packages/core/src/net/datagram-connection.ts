// One datagram after the other, over a socket that may have no room for a while.

import type { Connection, ConnectionListener, Part } from './client.js'

/** An error of the operating system. */
export type SystemError = Error & { readonly code?: string }

// What an error at sending means for the datagram that was to be sent.
type Verdict = 'again' | 'wait' | 'refused' | 'over'

/** What errors mean, by code; those that are not listed end the connection. */
export type Verdicts = Readonly<Record<string, Verdict>>

/** Errors that mean the same on every datagram socket. */
export const commonVerdicts: Verdicts = { EAGAIN: 'wait', ENOBUFS: 'wait', ENOMEM: 'wait', EMSGSIZE: 'refused' }

/** A socket that is connected, or about to be. */
export interface DatagramSocket {
  /** Hands over a datagram: null if it is gone, the error if it is not, undefined if `answer` tells that later. */
  send(data: string | Uint8Array): SystemError | null | undefined
  /** The same with an outcome at once, as far as that can be known. */
  sendNow(data: string | Uint8Array): SystemError | null
  /** Waiting here and now can make room. */
  readonly drains: boolean
  /** The last datagram is held back in this process. */
  readonly busy: boolean
  /** Calls `done` later: when there is room, or after `milliseconds` at the latest. Not there where nobody could tell. */
  awaitRoom?(milliseconds: number, done: () => void): void
  close(): void
}

interface Job {
  readonly parts: readonly Part[]
  readonly done: (taken: number, refused?: Error) => void
  taken: number
}

// Datagrams in one turn of the event loop, at 2 to 10 µs each.
const TURN = 256

// Turns of the event loop in which to look for room before waiting for milliseconds: a receiver that reads needs only
// microseconds, and Linux has room for no more than ten datagrams in a Unix socket.
const QUICK_TRIES = 4

// Then, where the system tells of room, how often to let it tell within how many milliseconds: a receiver that reads but
// shares its processor needs more than turns, and much less than a timer.
const TOLD_TRIES = 16
const TOLD_WAIT = 2

const LONGEST_WAIT = 50
const WAIT_LIMIT = 2000

// An error belongs to one earlier datagram, so that this many for one datagram are no coincidence.
const MAX_REPEATS = 8

// Milliseconds to wait for room without going on with anything else, until the event loop turns again, and those of each
// wait: a receiver that reads makes room in microseconds.
const PATIENCE = 200
const SHORT_WAIT = 0.1
const clock = new Int32Array(new SharedArrayBuffer(4))

/** A connection over a socket that its client makes: the client calls `attach`, `opened`, `answer`, `trouble` and `fail`. */
export class DatagramConnection implements Connection {
  readonly #listener: ConnectionListener
  readonly #verdicts: Verdicts
  #socket: DatagramSocket | undefined
  #job: Job | undefined
  #pending = false
  #unheard = 0
  #turn = 0
  #tries = 0
  #waited = 0
  #doubt: SystemError | undefined
  #patience = PATIENCE
  #cancelPause: (() => void) | undefined
  #tellIdle: (() => void) | undefined
  #over = false

  constructor(listener: ConnectionListener, verdicts: Verdicts) {
    this.#listener = listener
    this.#verdicts = verdicts
  }

  /** No socket is wanted any more. */
  get over(): boolean {
    return this.#over
  }

  /** The socket that is closed with the connection. */
  attach(socket: DatagramSocket): void {
    this.#socket = socket
  }

  /** The socket is connected. */
  opened(): void {
    if (!this.#over) this.#listener.opened()
  }

  /** What became of the datagram that `send` did not tell of. */
  answer(error: SystemError | null): void {
    if (this.#unheard > 0) {
      this.#unheard--
      if (error) this.trouble(error)
      return
    }
    this.#pending = false
    if (!this.#job) return
    this.#settle(error)
    this.#run()
  }

  /** An error that belongs to no datagram in particular. */
  trouble(error: SystemError): void {
    if (this.#over) return
    if (this.#verdict(error) === 'over') this.fail(error)
    else this.#listener.failed(error)
  }

  /** The connection is over. */
  fail(error: Error): void {
    if (this.#over) return
    const taken = this.#job?.taken ?? 0
    this.destroy()
    this.#listener.closed(error, taken)
  }

  send(parts: readonly Part[], done: (taken: number, refused?: Error) => void): void {
    this.#job = { parts, done, taken: 0 }
    process.nextTick(() => this.#run())
  }

  sendNow(): void {
    if (this.#pending && this.#socket && !this.#socket.busy) {
      // It is gone, or will be reported without being sent again.
      this.#pending = false
      this.#unheard++
      this.#advance()
    }
    while (this.#job && this.#socket && !this.#pending) {
      const part = this.#job.parts[this.#job.taken]
      const error = part ? this.#handOver(part.data) : null
      if (!part) {
        this.#finish()
      } else if (!error) {
        this.#advance()
      } else if (this.#verdict(error) === 'refused') {
        this.#finish(refusal(error, part))
      } else {
        // The others have gone, which nobody would be told later if the process ends.
        if (this.#job.taken > 0) this.#finish()
        return
      }
    }
  }

  async end(signal: AbortSignal): Promise<void> {
    if (this.#job && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#tellIdle = resolve
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    }
    this.destroy()
  }

  destroy(): void {
    if (this.#over) return
    this.#over = true
    this.#cancelPause?.()
    this.#job = undefined
    this.#socket?.close()
    this.#tellIdle?.()
  }

  // One at a time: the error of a datagram is known before the next one is sent, and the order is kept. It costs nothing,
  // since the system answers at once.
  #run(): void {
    this.#patience = PATIENCE
    while (this.#job && this.#socket && !this.#pending && !this.#cancelPause) {
      const part = this.#job.parts[this.#job.taken]
      if (!part) {
        this.#finish()
      } else if (++this.#turn > TURN) {
        this.#pauseForTurn()
      } else {
        const outcome = this.#socket.send(part.data)
        if (outcome === undefined) this.#pending = true
        else this.#settle(outcome)
      }
    }
  }

  #settle(error: SystemError | null): void {
    if (!error) this.#advance()
    else this.#judge(error)
  }

  #advance(): void {
    if (!this.#job) return
    this.#job.taken++
    this.#tries = 0
    this.#waited = 0
    if (this.#doubt) this.#listener.failed(this.#doubt)
    this.#doubt = undefined
  }

  #judge(error: SystemError): void {
    switch (this.#verdict(error)) {
      case 'again':
        if (++this.#tries > MAX_REPEATS) this.fail(error)
        else this.#listener.failed(error)
        break
      case 'wait':
        this.#wait(error)
        break
      case 'refused':
        // It is refused for certain the second time; before, an earlier one may have been too large for the way.
        if (this.#doubt) this.#finish(refusal(error, this.#job?.parts[this.#job.taken]))
        else this.#doubt = error
        break
      default:
        this.fail(error)
    }
  }

  #verdict(error: SystemError): Verdict {
    return this.#verdicts[error.code ?? ''] ?? 'over'
  }

  #finish(refused?: Error): void {
    const job = this.#job
    if (!job) return
    this.#job = undefined
    this.#doubt = undefined
    if (refused) job.done(job.taken, refused)
    else job.done(job.taken)
    if (!this.#job) this.#tellIdle?.()
  }

  #wait(error: SystemError): void {
    const tries = this.#tries++
    if (tries < QUICK_TRIES) {
      this.#pauseForTurn()
      return
    }
    if (tries < QUICK_TRIES + TOLD_TRIES && this.#socket?.awaitRoom) {
      this.#pauseForRoom()
      return
    }
    const delay = Math.min(2 ** (tries - QUICK_TRIES), LONGEST_WAIT)
    this.#waited += delay
    if (this.#waited > WAIT_LIMIT) {
      this.fail(errorOf(`no room for another datagram for ${WAIT_LIMIT / 1000} s: ${error.message}`, error))
      return
    }
    const timer = setTimeout(() => this.#resume(), delay)
    this.#cancelPause = () => clearTimeout(timer)
  }

  #pauseForRoom(): void {
    let isWanted = true
    this.#cancelPause = () => {
      isWanted = false
    }
    this.#socket?.awaitRoom?.(TOLD_WAIT, () => {
      if (isWanted) this.#resume()
    })
  }

  #pauseForTurn(): void {
    const immediate = setImmediate(() => this.#resume())
    this.#cancelPause = () => clearImmediate(immediate)
  }

  #resume(): void {
    this.#turn = 0
    this.#cancelPause = undefined
    this.#run()
  }

  #handOver(data: string | Uint8Array): SystemError | null {
    for (;;) {
      const error = this.#socket?.sendNow(data) ?? null
      const waits = error !== null && this.#socket?.drains === true && this.#verdict(error) === 'wait'
      if (!waits || this.#patience <= 0) return error
      const before = performance.now()
      Atomics.wait(clock, 0, 0, SHORT_WAIT)
      this.#patience -= performance.now() - before
    }
  }
}

function refusal(error: SystemError, part: Part | undefined): Error {
  return errorOf(`a datagram of ${Buffer.byteLength(part?.data ?? '')} bytes is too large: ${error.message}`, error)
}

function errorOf(message: string, cause: SystemError): SystemError {
  return Object.assign(new Error(message, { cause }), cause.code === undefined ? {} : { code: cause.code })
}
