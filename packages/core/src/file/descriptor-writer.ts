// Records to a file descriptor, through full disks, slow readers and lost permissions.

import type { Batch } from '../batch.js'
import { isReaderGone, toError } from '../errors.js'
import { milliseconds } from '../milliseconds.js'
import type { Monitor } from '../monitor.js'
import { Outbox, type OutboxLimits } from '../outbox.js'
import { cutBytes, type Parcel } from '../parcel.js'
import type { Sink } from '../sink.js'
import { type Encoder, encodeParcel, measure } from './encoding.js'
import { Outlet } from './outlet.js'
import { pause } from './pause.js'
import type { Plan, Step } from './plan.js'

/** What a {@link DescriptorWriter} writes to, and how. */
export interface DescriptorTarget extends OutboxLimits {
  /** The destination in messages, such as its path in quotes. */
  readonly label: string
  /** Opens the descriptor; throws when it cannot. */
  open(): number
  /** The descriptor is ours to close, and can be opened again for records that come after that. */
  readonly owned: boolean
  /** Opened a second time it continues where it ended. */
  readonly reopens: boolean
  /** Open it only when there is something to write. */
  readonly delay: boolean
  readonly encoder: Encoder
  /** Bytes to gather before a write, seconds to gather at most, and the level that does not wait; see LogFileOptions. */
  readonly bufferSize: number
  readonly flushInterval: number
  readonly flushLevel: number
  /** Seconds that {@link DescriptorWriter.flushSync} waits for a slow reader. */
  readonly closeTimeout: number
  /** Decides before each write whether the file is still the right one; without it, it always is. */
  readonly plan?: Plan | undefined
}

// After a failure the next attempt comes after 1, 2, 4 ... 30 seconds; a reader that is only slow is asked much sooner.
const FAILING = { first: 1000, last: 30_000 }
const BUSY = { first: 1, last: 50 }

/** A sink that writes batches to a descriptor. What cannot be written now is held within bounds and tried again. */
export class DescriptorWriter implements Sink {
  readonly settles = true
  readonly #target: DescriptorTarget
  readonly #monitor: Monitor
  readonly #outbox: Outbox
  readonly #bufferSize: number
  #outlet: Outlet | undefined
  // Records on their way; the outlet has what could not be written of them.
  #inflight: Parcel | undefined
  #error: (Error & { code?: string }) | undefined
  #attempts = 0
  #retryTimer: NodeJS.Timeout | undefined
  #flushTimer: NodeJS.Timeout | undefined
  #gone = false
  #closed = false
  #waiting: (() => void)[] = []

  constructor(target: DescriptorTarget, monitor: Monitor) {
    this.#target = target
    this.#monitor = monitor
    this.#outbox = new Outbox(target, monitor)
    // A buffer that is nearly full, and the batch that comes to it, must fit into the outbox.
    this.#bufferSize = Math.min(target.bufferSize, target.maxQueueBytes / 2)
  }

  /** Opens the descriptor now rather than at the first record; throws when it cannot. */
  open(): void {
    const { open, owned, encoder } = this.#target
    this.#outlet ??= new Outlet({
      fd: open(),
      owned,
      encoder,
      patient: !this.#closed,
      listener: {
        done: () => this.#succeed(),
        failed: (error) => this.#fail('write', `write to ${this.#target.label}`, error),
        // A reader that is slow, but reads, is asked again soon.
        progress: () => {
          this.#attempts = 0
        },
      },
    })
  }

  write(batch: Batch): void | Promise<void> {
    if (this.#closed) this.#writeLate(batch)
    else if (this.#gone) this.#monitor.dropped(batch.count, 'reader gone')
    else if (this.#fillsBuffer(batch)) return this.#pass(batch)
    else return this.#hold(batch)
  }

  /** Resolves when all is written and on the disk; rejects when it cannot be written. */
  async flush(): Promise<void> {
    this.#attempt()
    while (!this.#idle && !this.#failing) await this.#settled()
    if (this.#failing) throw this.#error
    await this.#outlet?.flush()
  }

  flushSync(): void {
    const deadline = Date.now() + this.#target.closeTimeout * 1000
    this.#attempt()
    while (this.#error && !this.#failing && Date.now() < deadline) {
      pause(10)
      this.#attempt()
    }
  }

  async close(signal: AbortSignal): Promise<void> {
    this.#attempt()
    signal.addEventListener('abort', () => this.#changed())
    while (!this.#idle && !this.#failing && !signal.aborted) await this.#settled()
    this.#closed = true
    await this.#release()?.close()
  }

  /**
   * Runs `change` now, with the file closed, and opens it again if it was open and `reopen` is true; does nothing while a
   * write is under way. Returns whether it is open again.
   */
  changeNow(change: () => void, reopen: boolean = !this.#target.delay): boolean {
    this.#attempt()
    const wasOpen = this.#outlet !== undefined
    if (this.#inflight || (wasOpen && !this.#outlet?.isFile)) return false
    this.#change(change)
    return wasOpen && reopen && this.#tryToOpen() !== undefined
  }

  get #idle(): boolean {
    return this.#inflight === undefined && this.#outbox.count === 0
  }

  // A real failure, as against a reader that is slow.
  get #failing(): boolean {
    return this.#error !== undefined && !isBusy(this.#error)
  }

  // Lets go of the descriptor, which is to be closed; what is not written by now is lost.
  #release(): Outlet | undefined {
    clearTimeout(this.#retryTimer)
    this.#settleRest('closed')
    const outlet = this.#outlet
    this.#outlet = undefined
    this.#error = undefined
    return outlet
  }

  // A record that comes after the end is not lost: the file is opened for it once more, as in Python.
  #writeLate(batch: Batch): void {
    if (!this.#target.reopens) throw new Error(`${this.#target.label} is closed`)
    this.#put(batch)
    this.#release()?.closeSync()
  }

  #fillsBuffer(batch: Batch): boolean {
    const { maxQueueRecords = Number.POSITIVE_INFINITY } = this.#target
    if (this.#bufferSize === 0 || this.#outbox.count + batch.count > maxQueueRecords) return true
    return Buffer.byteLength(batch.text) >= this.#bufferSize
  }

  // Straight on after what was held before it.
  #pass(batch: Batch): Promise<void> | undefined {
    this.#drain()
    if (!this.#idle) return this.#hold(batch)
    this.#put(batch)
    return undefined
  }

  #hold(batch: Batch): Promise<void> | undefined {
    const room = this.#outbox.push(batch, batch.context)
    if (this.#outbox.bytes >= this.#bufferSize || this.#isUrgent(batch)) this.#drain()
    else this.#flushTimer ??= setTimeout(() => this.#drain(), milliseconds(this.#target.flushInterval)).unref()
    return room
  }

  #isUrgent(batch: Batch): boolean {
    return batch.records.some((record) => record.level >= this.#target.flushLevel)
  }

  // Writes what is there without waiting for a timer.
  #attempt(): void {
    if (this.#error) this.#retry()
    else this.#drain()
  }

  #drain(): void {
    clearTimeout(this.#flushTimer)
    this.#flushTimer = undefined
    while (!this.#inflight && !this.#error && this.#outbox.count > 0) this.#put(this.#outbox.take())
  }

  // Writes a parcel, in as many steps as the plan makes of it; what cannot go now waits at the head of the outbox.
  #put(parcel: Parcel): void {
    let rest: Parcel | undefined = parcel
    while (rest && !this.#inflight && !this.#error) {
      const outlet = this.#tryToOpen()
      if (!outlet) break
      const step: Step = this.#nextStep(outlet, rest)
      if ('change' in step) {
        this.#change(step.change)
      } else {
        this.#send(outlet, step.head)
        rest = step.rest
      }
    }
    if (rest) this.#outbox.putBack(rest)
  }

  #nextStep({ fd, size, isFile }: Outlet, parcel: Parcel): Step {
    const { plan, encoder } = this.#target
    if (!plan || !isFile) return { head: parcel }
    const sizeOf = (entry: string): number => measure(encoder, entry)
    const cut = (whole: Parcel, room: number): ReturnType<typeof cutBytes> =>
      cutBytes(whole, room, sizeOf, !encoder.binary)
    return plan({ parcel, fd, size, emptySize: encoder.mark.length, cut })
  }

  #change(change: () => void): void {
    this.#outlet?.closeSync()
    this.#outlet = undefined
    change()
  }

  #tryToOpen(): Outlet | undefined {
    try {
      this.open()
    } catch (error) {
      this.#fail('open', `open ${this.#target.label}`, toError(error))
    }
    return this.#outlet
  }

  #send(outlet: Outlet, parcel: Parcel): void {
    const { encodable, data } = encodeParcel(this.#target.encoder, parcel, (error) => this.#monitor.invalid(1, error))
    if (encodable.count === 0) return
    this.#inflight = encodable
    outlet.write(data)
  }

  #succeed(): void {
    const outlet = this.#outlet
    if (!this.#inflight || !outlet) return
    this.#monitor.delivered(this.#inflight.count, outlet.bytes)
    this.#inflight = undefined
    const recovered = this.#monitor.state === 'degraded'
    if (recovered) this.#recover()
    if (recovered || this.#outbox.count === 0) this.#outbox.reportDrops()
    this.#attempts = 0
    // A synchronous write has a loop around it that goes on.
    if (!outlet.sync) this.#drain()
    this.#changed()
  }

  #recover(): void {
    this.#monitor.state = 'open'
    this.#monitor.recovered(`writing to ${this.#target.label}`, this.#outbox.count)
  }

  #fail(kind: string, what: string, error: Error & { code?: string }): void {
    if (this.#closed && !this.#inflight) return
    this.#error = error
    if (isReaderGone(error)) this.#endOfReader()
    else this.#retryLater(kind, what, error)
    this.#changed()
  }

  #retryLater(kind: string, what: string, error: Error & { code?: string }): void {
    const { first, last } = isBusy(error) ? BUSY : FAILING
    if (!isBusy(error)) {
      this.#monitor.state = 'degraded'
      const text = `cannot ${what}: ${error.message}; holding records until it works again`
      this.#monitor.failure(kind, Object.assign(new Error(text, { cause: error }), { code: error.code }))
    }
    clearTimeout(this.#retryTimer)
    this.#retryTimer = setTimeout(() => this.#retry(), Math.min(first * 2 ** this.#attempts++, last)).unref()
  }

  #retry(): void {
    clearTimeout(this.#retryTimer)
    if (this.#failing) this.#monitor.retried()
    this.#error = undefined
    if (this.#inflight) this.#outlet?.resume()
    this.#drain()
  }

  // The reader has left, as `head -1` does: a quiet end, but a counted one.
  #endOfReader(): void {
    this.#gone = true
    this.#settleRest('reader gone')
    this.#monitor.state = 'closed'
  }

  // Of a write that broke off, the entries that are whole in the file are delivered.
  #settleRest(reason: string): void {
    const written = this.#inflight ? (this.#outlet?.written ?? 0) : 0
    const entries = this.#inflight?.entries ?? []
    let bytes = 0
    const whole = entries.filter((entry) => {
      bytes += measure(this.#target.encoder, entry)
      return bytes <= written
    }).length
    this.#inflight = undefined
    this.#monitor.delivered(whole, written)
    this.#monitor.dropped(entries.length - whole + this.#outbox.take().count, reason)
  }

  // Resolves at the next success or failure.
  #settled(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

function isBusy(error: { code?: string }): boolean {
  return error.code === 'EAGAIN' || error.code === 'EBUSY'
}
