// Mails over one session, one after the other.

import { toError } from '@pino-handlers/core'
import type { Connection, ConnectionListener, Part } from '@pino-handlers/core/net'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { failureOf, isRefusal, type MailError } from './failure.js'
import type { MailPart } from './mail.js'
import { type MailTarget, startSession } from './session.js'

/** What the connection before could not send. */
export interface Past {
  failed: MailPart | undefined
}

type Done = (taken: number, refused?: Error) => void

/** What became of a mail: taken, or refused with an error. */
interface Verdict {
  readonly part: MailPart
  readonly refused: Error | undefined
}

// Servers keep a session without mails for minutes, but it is polite to leave before.
const IDLE = 2000

/** A session, as core's Sender uses it. */
export class MailConnection implements Connection {
  readonly #target: MailTarget
  readonly #past: Past
  readonly #listener: ConnectionListener
  #session: SMTPConnection | undefined
  #over = false
  // The mail that is on its way, and how many of the same call have gone before.
  #current: MailPart | undefined
  #taken = 0
  // What became of the mail that was sent to find out whether the server takes it.
  #known: Verdict | undefined
  #idling: NodeJS.Timeout | undefined

  constructor(target: MailTarget, past: Past, listener: ConnectionListener) {
    this.#target = target
    this.#past = past
    this.#listener = listener
    process.nextTick(() => this.#start())
  }

  send(parts: readonly Part[], done: Done): void {
    clearTimeout(this.#idling)
    this.#taken = 0
    this.#hold()
    process.nextTick(() => this.#next(parts.map(mailOf), done))
  }

  // A mail takes a dialogue: nothing of it can be done in the last moments of a process.
  sendNow(): void {}

  async end(signal: AbortSignal): Promise<void> {
    const session = this.#session
    if (this.#over || !session || signal.aborted) {
      this.destroy()
      return
    }
    this.#leave()
    await quit(session, signal)
  }

  destroy(): void {
    this.#leave()
    this.#session?.close()
  }

  #start(): void {
    if (this.#over) return
    try {
      const session = startSession(this.#target, (error) => (error ? this.#fail(error) : this.#ready()))
      this.#session = session
      session.on('error', (error: Error) => this.#fail(error))
      // A reply that ends the session is told to the mail, just after this.
      session.on('end', () => process.nextTick(() => this.#ended()))
    } catch (error) {
      this.#fail(toError(error))
    }
  }

  #ready(): void {
    if (this.#over) return
    const { failed } = this.#past
    if (failed) this.#deliver(failed, (refused) => this.#open({ part: failed, refused }))
    else this.#open(undefined)
  }

  #open(known: Verdict | undefined): void {
    this.#past.failed = undefined
    this.#known = known
    this.#rest()
    this.#listener.opened()
  }

  #next(parts: readonly MailPart[], done: Done): void {
    if (this.#over) return
    const [part, ...rest] = parts
    if (!part) {
      this.#rest()
      done(this.#taken)
      return
    }
    this.#deliver(part, (refused) => {
      if (refused) this.#rest()
      if (refused) done(this.#taken, refused)
      else {
        this.#taken++
        this.#next(rest, done)
      }
    })
  }

  // Calls `done` when the server has taken the mail, or will never take it.
  #deliver(part: MailPart, done: (refused: Error | undefined) => void): void {
    const known = this.#known
    this.#known = undefined
    if (known?.part === part) {
      done(known.refused)
      return
    }
    const { from, to, data } = part
    this.#current = part
    this.#session?.send({ from, to: [...to], size: data.length }, data, (error, info) => {
      if (this.#over) return
      if (error && !isRefusal(error)) {
        this.#fail(error)
        return
      }
      this.#current = undefined
      if (error) this.#reset(() => done(failureOf(error)))
      else {
        this.#tellRejected(info?.rejectedErrors ?? [])
        done(undefined)
      }
    })
  }

  // The mail has gone to the others. Python does not tell.
  #tellRejected(errors: readonly Error[]): void {
    for (const error of errors) this.#listener.failed(failureOf(error))
  }

  // As Python does; a session that does not stand it breaks, which is told by itself.
  #reset(done: () => void): void {
    this.#session?.reset(() => {
      if (!this.#over) done()
    })
  }

  #hold(): void {
    const socket = this.#session?._socket
    if (socket) socket.ref()
  }

  // With nothing to do, it does not keep the process alive.
  #rest(): void {
    const socket = this.#session?._socket
    if (socket) socket.unref()
    clearTimeout(this.#idling)
    this.#idling = setTimeout(() => this.#idle(), Math.min(IDLE, this.#target.timeout * 500)).unref()
  }

  #idle(): void {
    if (this.#over || this.#current) return
    this.#leave()
    this.#session?.quit()
    this.#listener.idled()
  }

  #ended(): void {
    if (this.#over) return
    if (this.#current) this.#fail(new Error('the server closed the connection'))
    else this.#close(undefined)
  }

  #fail(error: MailError): void {
    if (this.#over) return
    if (this.#current) this.#past.failed = this.#current
    this.#close(failureOf(error))
    this.#session?.close()
  }

  #close(error: Error | undefined): void {
    this.#leave()
    this.#listener.closed(error, this.#taken)
  }

  #leave(): void {
    this.#over = true
    clearTimeout(this.#idling)
  }
}

function mailOf(part: Part | MailPart): MailPart {
  if ('from' in part) return part
  throw new TypeError('a mail server takes mails')
}

// Resolves when the session is over, at the latest when `signal` aborts.
function quit(session: SMTPConnection, signal: AbortSignal): Promise<void> {
  const cut = (): void => session.close()
  return new Promise((resolve) => {
    session.once('end', () => {
      signal.removeEventListener('abort', cut)
      resolve()
    })
    signal.addEventListener('abort', cut)
    if (session._socket) session._socket.ref()
    session.quit()
  })
}
