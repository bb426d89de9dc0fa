// Mails over a few sessions: one, and more while mails wait.

import type { Connection, ConnectionListener, Part } from '@pino-handlers/core/net'
import { deferredBy, failureOf, type MailError } from './failure.js'
import { type MailPart, mailOf } from './mail.js'
import { MailSession, type SessionUser, type Verdict } from './mail-session.js'
import type { MailTarget } from './session.js'

/** How a {@link MailConnection} goes about its mails. */
export interface MailSettings {
  readonly target: MailTarget
  /** Sessions at a time; with more than one, mails may overtake each other. */
  readonly maxConnections: number
  /** Takes a mail for those for whom the server does not take it now; with no records, if it has taken it for others. */
  putOff(mail: MailPart): void
}

/** What the connection before could not send. */
export interface Past {
  failed: MailPart | undefined
}

// Servers keep a session without mails for minutes, but it is polite to leave before.
const IDLE = 2000

/** One or more sessions, as core's Sender uses them. */
export class MailConnection implements Connection, SessionUser {
  readonly #settings: MailSettings
  readonly #past: Past
  readonly #listener: ConnectionListener
  #limit: number
  #isOpen = false
  readonly #opening = new Set<MailSession>()
  readonly #free: MailSession[] = []
  readonly #busy = new Set<MailSession>()
  #waiting: MailPart[] = []
  #done: (() => void) | undefined
  // What ends the connection, once the mails that are on their way are settled: cut off, they might arrive twice.
  #failure: MailError | undefined
  #over = false
  #idling: NodeJS.Timeout | undefined

  constructor(settings: MailSettings, past: Past, listener: ConnectionListener) {
    this.#settings = settings
    this.#limit = settings.maxConnections
    this.#past = past
    this.#listener = listener
    this.#start()
  }

  send(parts: readonly Part[], done: (taken: number) => void): void {
    clearTimeout(this.#idling)
    this.#waiting = parts.map(mailOf).filter(({ isSettled }) => !isSettled)
    this.#done = () => done(parts.length)
    process.nextTick(() => this.#next())
  }

  // A mail takes a dialogue: nothing of it can be done in the last moments of a process.
  sendNow(): void {}

  async end(signal: AbortSignal): Promise<void> {
    if (this.#over || this.#busy.size > 0) {
      this.destroy()
      return
    }
    this.#leave()
    for (const session of this.#opening) session.destroy()
    await Promise.all(this.#free.map((session) => session.end(signal)))
  }

  destroy(): void {
    this.#leave()
    for (const session of this.#sessions) session.destroy()
  }

  ready(session: MailSession): void {
    this.#opening.delete(session)
    this.#free.push(session)
    if (this.#isOpen) this.#next()
    else this.#tryOut(session)
  }

  settled(session: MailSession, mail: MailPart, { refused, rejected }: Verdict): void {
    this.#busy.delete(session)
    this.#free.push(session)
    const later = deferredBy(rejected)
    mail.isSettled = true
    mail.fate = refused ? (later.length > 0 ? 'put off' : 'refused') : 'taken'
    for (const error of mail.fate === 'refused' && refused ? [refused] : rejected)
      this.#listener.failed(failureOf(error))
    if (later.length > 0) this.#settings.putOff(restOf(mail, later))
    // Who has heard of it may have closed the connection.
    if (this.#over) return
    if (mail === this.#past.failed) this.#tryOut(session)
    else this.#next()
  }

  lost(session: MailSession, error: MailError | undefined, mail: MailPart | undefined): void {
    const wasOpening = this.#opening.delete(session)
    this.#busy.delete(session)
    if (this.#free.includes(session)) this.#free.splice(this.#free.indexOf(session), 1)
    if (mail) {
      this.#past.failed ??= mail
      this.#failure ??= error
    }
    const { length } = this.#sessions
    // A server that takes no more sessions has those that it took.
    if (wasOpening) this.#limit = Math.max(1, length)
    if (length === 0) this.#close(this.#failure ?? error)
    else this.#next()
  }

  get #sessions(): readonly MailSession[] {
    return [...this.#opening, ...this.#free, ...this.#busy]
  }

  #start(): void {
    this.#opening.add(new MailSession(this.#settings.target, this))
  }

  // The connection opens when the server has taken the mail that failed before.
  #tryOut(session: MailSession): void {
    const { failed } = this.#past
    if (failed && !failed.isSettled) {
      this.#waiting = [failed]
      this.#deliver(session)
      return
    }
    this.#past.failed = undefined
    this.#isOpen = true
    this.#rest()
    this.#listener.opened()
  }

  #next(): void {
    if (this.#over) return
    if (this.#failure) {
      if (this.#busy.size === 0) this.#close(this.#failure)
      return
    }
    for (let [session] = this.#free; session && this.#waiting.length > 0; [session] = this.#free) this.#deliver(session)
    const done = this.#done
    if (this.#waiting.length > 0) this.#openMore()
    else if (this.#busy.size === 0) {
      this.#rest()
      this.#done = undefined
      done?.()
    }
  }

  #deliver(session: MailSession): void {
    const mail = this.#waiting.shift()
    if (!mail) return
    this.#free.splice(this.#free.indexOf(session), 1)
    this.#busy.add(session)
    session.deliver(mail)
  }

  #openMore(): void {
    while (this.#opening.size < this.#waiting.length && this.#sessions.length < this.#limit) this.#start()
  }

  // With nothing to do, they do not keep the process alive.
  #rest(): void {
    for (const session of this.#free) session.rest()
    clearTimeout(this.#idling)
    this.#idling = setTimeout(() => this.#idle(), Math.min(IDLE, this.#settings.target.timeout * 500)).unref()
  }

  #idle(): void {
    this.#idling = undefined
    if (this.#over || this.#busy.size > 0) return
    this.#leave()
    for (const session of this.#opening) session.destroy()
    for (const session of this.#free) session.quit()
    this.#listener.idled()
  }

  #close(error: MailError | undefined): void {
    if (this.#over) return
    this.destroy()
    this.#listener.closed(error && failureOf(error), 0)
  }

  #leave(): void {
    this.#over = true
    clearTimeout(this.#idling)
  }
}

function restOf(mail: MailPart, to: readonly string[]): MailPart {
  return { ...mail, to, count: mail.fate === 'put off' ? mail.count : 0, isSettled: false, fate: undefined }
}
