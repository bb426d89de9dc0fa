// Records become mails: at once or in a digest, as the plan says; the Sender brings them to the server.

import { type Batch, type FormatRecord, type LogRecord, levelname, type Monitor, type Sink } from '@pino-handlers/core'
import { type Client, type RetrySettings, Sender } from '@pino-handlers/core/net'
import { Digest } from './digest.js'
import { fingerprintOf } from './fingerprint.js'
import { subjectText } from './header.js'
import { type MailPart, writeMail } from './mail.js'
import { MailPlan, type PlannedRecord, type PlanSettings } from './mail-plan.js'
import type { Mailboxes } from './mailbox.js'
import { digestHtml, digestText, recordHtml, recordText } from './page.js'
import type { Route } from './routes.js'

/** What a {@link MailSink} needs to know. */
export interface MailSettings extends RetrySettings {
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
  readonly #settings: MailSettings
  readonly #monitor: Monitor
  readonly #sender: Sender
  readonly #plan: MailPlan
  readonly #waiting = new Map<string, Waiting>()
  #context: string[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(client: Client, settings: MailSettings, monitor: Monitor) {
    this.#settings = settings
    this.#monitor = monitor
    this.#sender = new Sender(client, () => [], settings, monitor)
    this.#plan = new MailPlan(settings.plan)
  }

  write(batch: Batch): void {
    const { entries } = batch
    const parts: MailPart[] = []
    let held = this.#sender.loadBytes
    for (const [index, record] of batch.records.entries()) {
      const part = this.#take(record, entries[index] ?? '', held < this.#settings.maxQueueBytes)
      if (!part) continue
      parts.push(part)
      held += part.data.length
    }
    if (parts.length > 0) this.#sender.add(parts)
    this.#schedule()
  }

  flush(): Promise<void> {
    return this.#sender.flush()
  }

  async close(signal: AbortSignal): Promise<void> {
    clearTimeout(this.#timer)
    this.#sender.add(this.#plan.finish().flatMap((route) => this.#digestMail(route)))
    await this.#sender.close(signal)
  }

  // Returns the mail of the record if it goes now.
  #take(record: LogRecord, text: string, hasRoom: boolean): MailPart | undefined {
    const { level, contextRecords } = this.#settings
    if (record.level < level) {
      this.#context = [...this.#context, text].slice(-contextRecords)
      this.#monitor.leftOut(1)
      return undefined
    }
    const route = this.#routeOf(record)
    const planned = { route: String(route.level), fingerprint: fingerprintOf(record) }
    const now = performance.now()
    if (hasRoom && this.#plan.admit(planned, now)) return this.#recordMail(record, text, route)
    if (!hasRoom) this.#plan.defer(planned, now + this.#settings.retryMax * 1000)
    this.#keep(record, text, planned)
    return undefined
  }

  #recordMail(record: LogRecord, text: string, { to }: Route): MailPart {
    const { html } = this.#settings
    const context = this.#context
    this.#context = []
    const subject = this.#subjectOf(record)
    return this.#mail(to, subject, recordText(text, context), html ? recordHtml(text, context) : undefined, 1)
  }

  #keep(record: LogRecord, text: string, { route, fingerprint }: PlannedRecord): void {
    const waiting = this.#waiting.get(route) ?? { digest: new Digest(), subject: this.#subjectOf(record) }
    this.#waiting.set(route, waiting)
    const name = levelname(record.level, record.shape.customLevels)
    waiting.digest.add({ fingerprint, levelname: name, message: record.msg, text, time: record.time })
  }

  #digestMail(name: string): readonly MailPart[] {
    const waiting = this.#waiting.get(name)
    const route = this.#settings.routes.find(({ level }) => String(level) === name)
    this.#waiting.delete(name)
    if (!waiting || !route) return []
    const { digest, subject } = waiting
    const html = this.#settings.html ? digestHtml(digest) : undefined
    const count = digest.count === 1 ? '1 record' : `${digest.count} records`
    return [this.#mail(route.to, subjectText(`[${count}] ${subject}`), digestText(digest), html, digest.count)]
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

  #schedule(): void {
    clearTimeout(this.#timer)
    const now = performance.now()
    const at = this.#plan.nextAt(now)
    if (at !== undefined) this.#timer = setTimeout(() => this.#sendDue(), Math.max(0, Math.ceil(at - now))).unref()
  }

  #sendDue(): void {
    const parts = this.#plan.due(performance.now()).flatMap((route) => this.#digestMail(route))
    if (parts.length > 0) this.#sender.add(parts)
    this.#schedule()
  }
}
