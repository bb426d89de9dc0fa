// Records to a destination outside the process, through outages.

import { Batch, type BatchContext } from '../batch.js'
import { CatchUp } from '../catch-up.js'
import { Changes } from '../changes.js'
import type { Monitor } from '../monitor.js'
import { Outbox, type OutboxLimits } from '../outbox.js'
import { holdsNothing, outboxDefaults } from '../outbox-options.js'
import type { Sink } from '../sink.js'
import { AddedParts } from './added-parts.js'
import type { RetrySettings } from './back-off.js'
import type { Client, Part } from './client.js'
import { Gathering, type GatherSettings } from './gathering.js'
import { Link } from './link.js'
import { byteLength, ResendWindow } from './resend-window.js'

/**
 * Turns records into what goes out for them; calls `onInvalid` for each that cannot be, and leaves it out. If it throws, all
 * of them are invalid.
 */
export type Encode = (batch: Batch, onInvalid: (error: unknown) => void) => readonly Part[]

/** What a {@link Sender} needs to know. */
export interface SenderSettings extends OutboxLimits, RetrySettings {
  /** Bytes of lines to take out of the outbox at a time. Default: 128 KiB. */
  readonly load?: number | undefined
  /** Records to take out of the outbox at a time, at most. Default: as many as `load` allows. */
  readonly loadRecords?: number | undefined
  /** Lets records wait for others while the destination is well. Default: they go at once. */
  readonly gather?: GatherSettings | undefined
  /** Bytes to keep after they were sent, and to send again when the connection breaks. Default: 0. */
  readonly resendWindow?: number | undefined
  /** Marks what is sent again, for a receiver that wants to know. Default: it goes as it went before. */
  resent?(part: Part): Part
  /** Enters parts that have gone out in the books. Default: their records are delivered. */
  settled?(gone: readonly Part[]): void
}

// Not more than the blocks that records come in from a writer that is far ahead, which then need not be joined.
const LOAD = 128 * 1024

// Bytes of UTF-8 that a character of JavaScript takes at most.
const LONGEST_CHARACTER = 3

// Parts to send at a time of those that were added: few enough to be looked at again after each.
const ADDED_LOAD = 100

/**
 * A sink that sends batches through a client. It connects with the first record, holds what cannot be sent within
 * bounds, and keeps each load until the system has taken it: when a connection breaks in the middle of one, its records
 * may arrive twice rather than not at all.
 */
export class Sender implements Sink {
  readonly settles = true
  readonly #label: string
  readonly #encode: Encode
  readonly #loadSize: number
  readonly #loadRecords: number | undefined
  readonly #mark: (part: Part) => Part
  readonly #settled: (gone: readonly Part[]) => void
  readonly #holdsNothing: boolean
  readonly #monitor: Monitor
  readonly #outbox: Outbox
  readonly #window: ResendWindow
  readonly #link: Link
  readonly #catchUp: CatchUp
  readonly #gathering: Gathering
  readonly #limits: { readonly records: number; readonly bytes: number }
  readonly #changes: Changes = new Changes()
  #context: BatchContext | undefined
  // What is being sent, or goes first when there is a connection again, and the records that it was made of.
  #load: readonly Part[] = []
  #loaded: Batch | undefined
  // To be the load in pieces.
  readonly #added: AddedParts = new AddedParts()
  #encoding = false
  #sending = false
  // What is in the window has to be sent again, before the load, which may have gone out in part.
  #again = false
  #steps = 0
  // Records that have left, one way or another.
  #gone = 0
  #leaving = false
  #closed = false

  constructor(client: Client, encode: Encode, settings: SenderSettings, monitor: Monitor) {
    const { maxQueueRecords, maxQueueBytes, resendWindow = 0, gather } = settings
    this.#label = client.label
    this.#encode = encode
    this.#loadSize = settings.load ?? LOAD
    this.#loadRecords = settings.loadRecords
    this.#mark = settings.resent ?? ((part) => part)
    this.#settled = settings.settled ?? ((gone) => this.#delivered(gone))
    this.#monitor = monitor
    // 0 is Python's way: what comes while the destination is away is dropped, not what comes while it is busy.
    this.#holdsNothing = holdsNothing(settings)
    const limits = {
      maxQueueRecords: maxQueueRecords || undefined,
      maxQueueBytes: maxQueueBytes || outboxDefaults.maxQueueBytes,
    }
    this.#outbox = new Outbox({ ...settings, ...limits }, monitor)
    this.#limits = { records: limits.maxQueueRecords ?? Number.POSITIVE_INFINITY, bytes: limits.maxQueueBytes }
    const records = Math.min(gather?.records ?? 0, this.#limits.records)
    this.#gathering = new Gathering(gather && { ...gather, records }, () => this.#pump())
    this.#window = new ResendWindow(resendWindow)
    const sender = this
    this.#link = new Link(client, settings, monitor, {
      get isWaiting() {
        return !sender.#idle
      },
      get held() {
        return sender.#outbox.count + sender.#loadCount
      },
      opened: (again) => this.#opened(again),
      lost: (wasOpen, taken) => this.#lost(wasOpen, taken),
      paused: () => this.#paused(),
      idled: () => this.#window.clear(),
    })
    this.#catchUp = new CatchUp({
      isBehind: () => this.#outbox.isFilling && (this.#sending || this.#link.isConnecting),
      steps: () => this.#steps,
      changed: () => this.#changes.next(),
    })
  }

  write(batch: Batch): void | Promise<void> {
    if (this.#closed) throw new Error(`the connection to ${this.#label} is closed`)
    this.#context = batch.context
    const isFull = this.#gathering.isFilledBy(batch, this.#outbox)
    if (this.#link.isOpen && this.#idle && isFull) {
      this.#prepare(batch)
      this.#pump()
      return undefined
    }
    if (this.#link.isPaused && this.#holdsNothing) {
      this.#outbox.reject(batch, batch.context)
      return undefined
    }
    this.#makeRoom(batch)
    const room = this.#outbox.push(batch.asLines, batch.context)
    if (isFull || room) this.#gathering.release()
    else this.#gathering.wait()
    this.#pump()
    return room
  }

  /** Bytes of parts that are being sent, go first when there is a connection again, or were added. */
  get loadBytes(): number {
    return this.#load.reduce((sum, part) => sum + byteLength(part), this.#added.bytes)
  }

  /**
   * Takes parts that somebody else has made of records, behind those that it has. For a sink that gives it no batches:
   * what is added is not limited, and never dropped for want of room.
   */
  add(parts: readonly Part[]): void {
    if (this.#closed) throw new Error(`the connection to ${this.#label} is closed`)
    for (const part of parts) this.#added.push(part)
    this.#pump()
  }

  pause(): Promise<void> | undefined {
    return this.#catchUp.pause()
  }

  /** Resolves when the system has taken all that was written before; rejects when the destination cannot be reached now. */
  async flush(): Promise<void> {
    this.#release()
    const { failedAttempts } = this.#link
    const end = this.#gone + this.#outbox.count + this.#loadCount
    // More may come all the time, and is not waited for.
    const isDone = (): boolean => this.#idle || (this.#gone >= end && !this.#again)
    const hasFailed = (): boolean => this.#link.failedAttempts > failedAttempts
    if (!isDone()) this.#link.connectNow()
    while (!isDone() && !hasFailed()) await this.#changes.next()
    if (hasFailed() && (this.#holdsNothing || !isDone())) throw this.#link.lastError
  }

  flushSync(): void {
    this.#release()
    if (!this.#idle) this.#link.openNow()
    // Each time the system takes what is under way, the next load is sent.
    for (let before = -1; this.#link.isOpen && !this.#idle && before !== this.#steps; ) {
      before = this.#steps
      this.#link.sendNow()
    }
  }

  async close(signal: AbortSignal): Promise<void> {
    this.#gathering.end()
    this.#pump()
    this.#link.hurry()
    if (!this.#idle) this.#link.connectNow()
    signal.addEventListener('abort', () => this.#changes.tell())
    const { failedAttempts } = this.#link
    const isHopeless = (): boolean => this.#monitor.state === 'failed' && this.#link.failedAttempts > failedAttempts
    while (!this.#idle && !signal.aborted && !isHopeless()) await this.#changes.next()
    this.#closed = true
    await this.#link.end(this.#idle ? signal : AbortSignal.abort())
    this.#settle(0)
  }

  /** Closes the connection when what is being sent has gone; what is left goes out over a new one. */
  disconnect(): void {
    this.#leaving = this.#sending
    if (!this.#sending) this.#link.disconnect()
    // While encoding, it may turn out that nothing is left.
    if (!this.#idle && !this.#encoding) this.#link.connect()
  }

  get #idle(): boolean {
    const { length } = this.#load
    return length === 0 && this.#added.isEmpty && this.#outbox.count === 0 && !this.#again && !this.#encoding
  }

  get #loadCount(): number {
    return this.#added.count + (this.#encoding && this.#loaded ? this.#loaded.count : countOf(this.#load))
  }

  #opened(again: boolean): void {
    if (again) {
      this.#reportDrops()
      this.#gathering.release()
    }
    this.#pump()
  }

  // What waits for others by choice must not be dropped for want of room.
  #makeRoom({ count, size }: Batch): void {
    const { records, bytes } = this.#limits
    const fits = this.#outbox.count + count <= records && this.#outbox.bytes + size * LONGEST_CHARACTER <= bytes
    if (!fits) this.#release()
  }

  #release(): void {
    if (this.#outbox.count === 0) return
    this.#gathering.release()
    this.#pump()
  }

  // A report is no record that a flush waits for.
  #reportDrops(): void {
    const { count } = this.#outbox
    this.#outbox.reportDrops()
    this.#gone -= this.#outbox.count - count
    if (this.#outbox.count > count) this.#gathering.release()
  }

  // Sends the next load; the one after it follows when the system has taken this one.
  #pump(): void {
    while (this.#link.isOpen && !this.#sending && !this.#encoding) {
      if (this.#load.length === 0) this.#load = this.#added.take(ADDED_LOAD)
      if (this.#load.length > 0 || this.#again) {
        this.#sending = true
        this.#link.send(this.#parts, (taken, refused, instead) => this.#sent(taken, refused, instead))
        return
      }
      if (this.#outbox.count === 0) this.#reportDrops()
      if (this.#outbox.count === 0 || !this.#context || !this.#gathering.isDue) break
      const { text, count } = this.#outbox.take(this.#loadSize, this.#loadRecords)
      if (this.#outbox.count === 0) this.#gathering.emptied()
      this.#prepare(new Batch(text, count, this.#context))
    }
    if (!this.#idle) {
      this.#link.connect()
      return
    }
    this.#gathering.emptied()
    this.#loaded = undefined
    this.#changes.tell()
  }

  // Who hears that a record is invalid may write others, which wait until this is done.
  #prepare(batch: Batch): void {
    this.#loaded = batch
    this.#encoding = true
    let valid = batch.count
    try {
      this.#load = this.#encode(batch, (error) => {
        valid--
        this.#monitor.invalid(1, error)
      })
    } catch (error) {
      // A timer or the other side may have led here: nobody would catch it, and the process would end.
      this.#monitor.invalid(valid, error)
    } finally {
      this.#encoding = false
    }
    this.#gone += batch.count - this.#loadCount
  }

  get #parts(): readonly Part[] {
    return this.#again ? [...this.#window.parts, ...this.#load].map(this.#mark) : this.#load
  }

  #sent(taken: number, refused: Error | undefined, instead: readonly Part[] | undefined): void {
    this.#settle(taken)
    this.#again = false
    if (instead) this.#load = [...instead, ...this.#load.slice(1)]
    else if (refused) this.#refuse(refused)
    // Who hears of it may write.
    this.#sending = false
    if (this.#leaving) this.disconnect()
    this.#pump()
    this.#changes.tell()
  }

  // What was sent again, in front of the load, has been settled before.
  #settle(sent: number): void {
    this.#steps++
    const taken = Math.max(0, this.#again ? sent - this.#window.parts.length : sent)
    const left = this.#load.slice(taken)
    const gone = [...this.#load.slice(0, taken), ...left.filter(({ isSettled }) => isSettled)]
    if (gone.length === 0) return
    this.#load = left.filter(({ isSettled }) => !isSettled)
    this.#gone += countOf(gone)
    this.#window.add(gone)
    this.#settled(gone)
  }

  #delivered(gone: readonly Part[]): void {
    this.#monitor.delivered(
      countOf(gone),
      gone.reduce((sum, part) => sum + byteLength(part), 0),
    )
  }

  // A part that can never be sent, and the others of the same record.
  #refuse(error: Error): void {
    this.#steps++
    const last = this.#load.findIndex(({ count }) => count > 0)
    const count = this.#load[last]?.count ?? 0
    this.#load = this.#load.slice(last + 1)
    this.#gone += count
    this.#monitor.dropped(count, 'refused')
    this.#link.report(error)
  }

  #lost(wasOpen: boolean, taken: number): void {
    if (this.#sending) this.#settle(taken)
    this.#sending = false
    this.#leaving = false
    if (wasOpen) this.#again = this.#window.isOn && this.#window.parts.length + this.#load.length > 0
    this.#changes.tell()
  }

  #paused(): void {
    if (!this.#holdsNothing || !this.#context) return
    if (this.#loaded) this.#outbox.reject(this.#loaded, this.#context, this.#loadCount)
    this.#outbox.reject(this.#outbox.take(), this.#context)
    this.#load = []
    this.#loaded = undefined
  }
}

function countOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { count }) => sum + count, 0)
}
