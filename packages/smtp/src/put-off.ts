// Mails that the server does not take now for some recipient, and may take later.

import type { RetrySettings } from '@pino-handlers/core/net'
import type { MailPart } from './mail.js'

/** What becomes of mails that were put off. */
export interface PutOffUser {
  /** Its time has come. */
  send(mail: MailPart): void
  /** Nothing is tried any more. */
  giveUp(mail: MailPart): void
}

// What others have got is tried for most of an hour: servers that know nobody yet take a mail after some minutes.
const MAX_TRIES = 12

// In seconds.
const MAX_PAUSE = 900

/** Keeps them apart, so that nobody waits for a recipient whose mailbox is full. */
export class PutOff {
  readonly #settings: RetrySettings
  readonly #user: PutOffUser
  readonly #timers = new Map<MailPart, NodeJS.Timeout>()
  // By the bytes, which stay the same.
  readonly #tries = new WeakMap<Buffer, number>()
  #bytes = 0
  #count = 0
  #isOver = false

  constructor(settings: RetrySettings, user: PutOffUser) {
    this.#settings = settings
    this.#user = user
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Records that no recipient has. */
  get count(): number {
    return this.#count
  }

  add(mail: MailPart): void {
    const { retryStart, retryFactor } = this.#settings
    const tries = this.#tries.get(mail.data) ?? 0
    if (this.#isOver || (tries >= MAX_TRIES && mail.count === 0)) {
      this.#user.giveUp(mail)
      return
    }
    this.#tries.set(mail.data, tries + 1)
    this.#bytes += mail.data.length
    this.#count += mail.count
    const pause = Math.min(retryStart * retryFactor ** tries, MAX_PAUSE)
    this.#timers.set(mail, setTimeout(() => this.#send(mail), pause * 1000).unref())
  }

  /** Sends them all now, for the last time. */
  end(): void {
    this.#isOver = true
    for (const mail of this.#timers.keys()) this.#send(mail)
  }

  #send(mail: MailPart): void {
    clearTimeout(this.#timers.get(mail))
    this.#timers.delete(mail)
    this.#bytes -= mail.data.length
    this.#count -= mail.count
    this.#user.send(mail)
  }
}
