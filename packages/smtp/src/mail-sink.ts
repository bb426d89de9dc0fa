// Records become mails: at once or in a digest, as the plan says; the Sender brings them to the server.

import {
  type Batch,
  beforeExit,
  type FormatRecord,
  type LogRecord,
  levelname,
  type Monitor,
  milliseconds,
  notBeforeExit,
  recordCount,
  type Sink,
} from '@pino-handlers/core'
import { type Part, type RetrySettings, Sender } from '@pino-handlers/core/net'
import { Digest } from './digest.js'
import { fingerprintOf } from './fingerprint.js'
import { subjectText } from './header.js'
import { type MailPart, mailOf, writeMail } from './mail.js'
import { mailClient } from './mail-client.js'
import { MailPlan, type PlannedRecord, type PlanSettings } from './mail-plan.js'
import type { Mailboxes } from './mailbox.js'
import { digestHtml, digestText, recordHtml, recordText } from './page.js'
import { PutOff } from './put-off.js'
import type { Route } from './routes.js'
import type { MailTarget } from './session.js'

/** What a {@link MailSink} needs to know. */
export interface MailSinkSettings extends RetrySettings {
  readonly target: MailTarget
  /** Sessions at a time. */
  readonly maxConnections: number
  readonly from: Mailboxes
  /** Recipients by level, lowest first; the first one has those that no other has. */
  readonly routes: readonly [Route, ...Route[]]
  readonly subjectOf: FormatRecord
  readonly plan: PlanSettings
  /** Records below it are only context; 0 has none. */
  readonly level: number
  /** How many of them a mail has. */
  readonly contextRecords: number
  readonly html: boolean
  /** In bytes; 0 never. */
  readonly attachAbove: number
  /** Bytes of mails to hold; records beyond that wait for a digest. */
  readonly maxQueueBytes: number
}

interface Waiting {
  readonly digest: Digest
  readonly subject: string
}

/** The sink of the handler. */
export class MailSink implements Sink {
  readonly settles = true
  readonly #settings: MailSinkSettings
  readonly #monitor: Monitor
  readonly #sender: Sender
  readonly #plan: MailPlan
  readonly #waiting = new Map<string, Waiting>()
  readonly #putOff: PutOff
  readonly #context: (() => string)[] = []
  #timer: NodeJS.Timeout | undefined
  // The timer of a digest does not keep a process alive; one that ends has its last digests.
  readonly #sendLast = (): void => this.#sendDigests(this.#plan.finish())

  constructor(settings: MailSinkSettings, monitor: Monitor) {
    this.#settings = settings
    this.#monitor = monitor
    this.#plan = new MailPlan(settings.plan)
    this.#putOff = new PutOff(settings, {
      send: (mail) => this.#sender.add([mail]),
      giveUp: ({ to }) => monitor.failure('send', new Error(`the mail for ${to.join(', ')} is not tried again`)),
    })
    const client = mailClient({ ...settings, putOff: (mail) => this.#putOff.add(mail) })
    this.#sender = new Sender(client, () => [], { ...settings, settled: (gone) => this.#settled(gone) }, monitor)
  }

  write(batch: Batch): void {
    const parts: MailPart[] = []
    let held = this.#heldBytes
    for (const [index, record] of batch.records.entries()) {
      const part = this.#take(record, () => batch.entries[index] ?? '', this.#hasRoom(held))
      if (!part) continue
      parts.push(part)
      held += part.data.length
    }
    this.#add(parts)
    this.#schedule()
  }

  /** Also sends what waits for a digest, as far as the cap allows; rejects when more waits, or when the server cannot be reached. */
  async flush(): Promise<void> {
    if (this.#hasRoom(this.#heldBytes)) this.#sendDigests(this.#plan.flush(performance.now()))
    const waiting = [...this.#waiting.values()].reduce((sum, { digest }) => sum + digest.count, 0)
    await this.#sender.flush()
    const left = waiting + this.#putOff.count
    if (left > 0) throw new Error(left === 1 ? '1 record waits for a mail' : `${left} records wait for a mail`)
  }

  async close(signal: AbortSignal): Promise<void> {
    this.#sendLast()
    clearTimeout(this.#timer)
    this.#putOff.end()
    await this.#sender.close(signal)
  }

  get #heldBytes(): number {
    return this.#sender.loadBytes + this.#putOff.bytes
  }

  // However little there is room for, one mail has it.
  #hasRoom(held: number): boolean {
    return held === 0 || held < this.#settings.maxQueueBytes
  }

  #add(parts: readonly MailPart[]): void {
    if (parts.length === 0) return
    this.#plan.hold(parts.length)
    this.#sender.add(parts)
  }

  #sendDigests(routes: readonly string[]): void {
    this.#add(routes.flatMap((route) => this.#digestMail(route)))
    this.#schedule()
  }

  #settled(gone: readonly Part[]): void {
    for (const { fate, count, data } of gone.map(mailOf)) {
      if (fate === 'put off') continue
      if (fate === 'refused') this.#monitor.dropped(count, 'refused')
      else this.#monitor.delivered(count, data.length)
      if (count > 0) this.#plan.went(performance.now())
    }
    this.#schedule()
  }

  // Returns the mail of the record if it goes now.
  #take(record: LogRecord, textOf: () => string, hasRoom: boolean): MailPart | undefined {
    const { level, contextRecords } = this.#settings
    if (record.level < level) {
      if (this.#context.push(textOf) > contextRecords) this.#context.shift()
      this.#monitor.leftOut(1)
      return undefined
    }
    const route = this.#routeOf(record)
    const planned = { route: String(route.level), fingerprint: fingerprintOf(record) }
    const now = performance.now()
    if (hasRoom && this.#plan.admit(planned, now)) return this.#recordMail(record, textOf(), route)
    if (!hasRoom) this.#plan.defer(planned, now + this.#settings.retryMax * 1000)
    this.#keep(record, textOf(), planned)
    return undefined
  }

  #recordMail(record: LogRecord, text: string, { to }: Route): MailPart {
    const { html } = this.#settings
    const context = this.#context.splice(0).map((textOf) => textOf())
    const subject = this.#subjectOf(record)
    return this.#mail(to, subject, recordText(text, context), html ? recordHtml(text, context) : undefined, 1)
  }

  #keep(record: LogRecord, text: string, { route, fingerprint }: PlannedRecord): void {
    const waiting = this.#waiting.get(route) ?? { digest: new Digest(), subject: this.#subjectOf(record) }
    this.#waiting.set(route, waiting)
    beforeExit(this.#sendLast)
    const name = levelname(record.level, record.shape.customLevels)
    waiting.digest.add({ fingerprint, levelname: name, message: record.msg, text, time: record.time })
  }

  #digestMail(name: string): readonly MailPart[] {
    const waiting = this.#waiting.get(name)
    const route = this.#settings.routes.find(({ level }) => String(level) === name)
    this.#waiting.delete(name)
    if (this.#waiting.size === 0) notBeforeExit(this.#sendLast)
    if (!waiting || !route) return []
    const { digest, subject } = waiting
    const html = this.#settings.html ? digestHtml(digest) : undefined
    return [
      this.#mail(
        route.to,
        subjectText(`[${recordCount(digest.count)}] ${subject}`),
        digestText(digest),
        html,
        digest.count,
      ),
    ]
  }

  #mail(to: Mailboxes, subject: string, text: string, html: string | undefined, count: number): MailPart {
    const { from, attachAbove } = this.#settings
    return writeMail({ from, to, subject, text, html, count, time: Date.now() }, attachAbove)
  }

  // A wrong function must not cost a mail.
  #subjectOf(record: LogRecord): string {
    try {
      return this.#settings.subjectOf(record)
    } catch (error) {
      this.#monitor.failure('format', error)
      return levelname(record.level, record.shape.customLevels)
    }
  }

  #routeOf(record: LogRecord): Route {
    const [first, ...others] = this.#settings.routes
    return others.findLast(({ level }) => level <= record.level) ?? first
  }

  // While there is no room nothing is due: what is settled makes some, and comes here again.
  #schedule(): void {
    clearTimeout(this.#timer)
    const now = performance.now()
    const at = this.#plan.nextAt(now)
    if (at === undefined || at === Number.POSITIVE_INFINITY || !this.#hasRoom(this.#heldBytes)) return
    this.#timer = setTimeout(() => this.#sendDue(), milliseconds(Math.max(0, at - now) / 1000)).unref()
  }

  #sendDue(): void {
    this.#timer = undefined
    this.#sendDigests(this.#plan.due(performance.now()))
  }
}
