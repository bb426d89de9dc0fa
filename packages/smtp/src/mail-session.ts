// A session with the mail server that takes one mail after the other.

import { toError } from '@pino-handlers/core'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { isRefusal, type MailError } from './failure.js'
import type { MailPart } from './mail.js'
import { type MailTarget, startSession } from './session.js'

/** What the server has said to a mail, after which the session goes on. */
export interface Verdict {
  /** Why it takes the mail for nobody; undefined when it has taken it. */
  readonly refused: MailError | undefined
  /** Why it does not take it for some. */
  readonly rejected: readonly MailError[]
}

/** Hears what becomes of a {@link MailSession}; nothing after `quit`, `end` or `destroy`. */
export interface SessionUser {
  /** It is ready for mails. */
  ready(session: MailSession): void
  settled(session: MailSession, mail: MailPart, verdict: Verdict): void
  /** It is over: with `mail` on its way, and without `error` when the server has ended it in good order. */
  lost(session: MailSession, error: MailError | undefined, mail: MailPart | undefined): void
}

/** A session, which begins by itself. */
export class MailSession {
  readonly #target: MailTarget
  readonly #user: SessionUser
  #session: SMTPConnection | undefined
  #mail: MailPart | undefined
  #takesUtf8 = false
  #over = false

  constructor(target: MailTarget, user: SessionUser) {
    this.#target = target
    this.#user = user
    process.nextTick(() => this.#start())
  }

  /** Sends a mail, one at a time. */
  deliver(mail: MailPart): void {
    const { from, to, data } = mail
    this.#mail = mail
    this.hold()
    if (!this.#takesUtf8 && /[^\0-\x7f]/.test([from, ...to].join(''))) {
      const refused = new Error('the server takes no address that is not ASCII (SMTPUTF8)')
      process.nextTick(() => this.#settle(mail, { refused, rejected: [] }))
      return
    }
    this.#session?.send({ from, to: [...to], size: data.length }, data, (error, info) => {
      if (this.#over) return
      const rejected: readonly MailError[] = (error ?? info)?.rejectedErrors ?? []
      if (!error) this.#settle(mail, { refused: undefined, rejected })
      else if (isRefusal(error) || rejected.length > 0)
        this.#reset(() => this.#settle(mail, { refused: error, rejected }))
      else this.#lose(error)
    })
  }

  /** It keeps the process alive. */
  hold(): void {
    const socket = this.#session?._socket
    if (socket) socket.ref()
  }

  /** It does not keep the process alive. */
  rest(): void {
    const socket = this.#session?._socket
    if (socket) socket.unref()
  }

  /** Takes leave of the server, and does not wait for it. */
  quit(): void {
    this.#over = true
    if (this.#session && !this.#session.destroyed) this.#session.quit()
  }

  /** Takes leave of the server; resolves when the session is over, at the latest when `signal` aborts. */
  end(signal: AbortSignal): Promise<void> {
    const session = this.#session
    if (!session || session.destroyed || signal.aborted) {
      this.destroy()
      return Promise.resolve()
    }
    this.hold()
    const cut = (): void => session.close()
    return new Promise((resolve) => {
      session.once('end', () => {
        signal.removeEventListener('abort', cut)
        resolve()
      })
      signal.addEventListener('abort', cut)
      this.quit()
    })
  }

  destroy(): void {
    this.#over = true
    this.#session?.close()
  }

  #start(): void {
    if (this.#over) return
    try {
      const session = startSession(this.#target, (error, takesUtf8) => {
        this.#takesUtf8 = takesUtf8
        if (error) this.#lose(error)
        else this.#ready()
      })
      this.#session = session
      session.on('error', (error: Error) => this.#lose(error))
      // A reply that ends the session is told to the mail, just after this.
      session.on('end', () => process.nextTick(() => this.#ended()))
    } catch (error) {
      this.#lose(toError(error))
    }
  }

  #ready(): void {
    if (!this.#over) this.#user.ready(this)
  }

  #settle(mail: MailPart, verdict: Verdict): void {
    if (this.#over) return
    this.#mail = undefined
    this.#user.settled(this, mail, verdict)
  }

  // As Python does; a session that does not stand it breaks, which is told by itself.
  #reset(done: () => void): void {
    this.#session?.reset(() => done())
  }

  #ended(): void {
    if (this.#mail) this.#lose(new Error('the server closed the connection'))
    else this.#lose(undefined)
  }

  #lose(error: MailError | undefined): void {
    if (this.#over) return
    this.#over = true
    this.#session?.close()
    this.#user.lost(this, error, this.#mail)
  }
}
