// Records to a file descriptor, through full disks, slow readers and lost permissions.

import { closeSync, fstatSync, fsync, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import sonicBoom from 'sonic-boom'
import type { Batch } from '../batch.js'
import { toError } from '../errors.js'
import type { Monitor } from '../monitor.js'
import { Outbox } from '../outbox.js'
import { type Cut, cutBytes, type Parcel, parcelOf } from '../parcel.js'
import { inPinoWorker } from '../pino-thread.js'
import type { Sink } from '../sink.js'
import type { Encoder } from './encoding.js'

/** What a {@link DescriptorWriter} writes to, and how. */
export interface DescriptorTarget {
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
  /** Bytes of records to hold while nothing can be written. */
  readonly maxQueueBytes: number
  /** Seconds that {@link DescriptorWriter.flushSync} waits for a slow reader. */
  readonly closeTimeout: number
  /** Decides before each write whether the file is still the right one; without it, it always is. */
  readonly plan?: Plan | undefined
}

/** What is to be written next, and the file as it is. */
export interface Situation {
  readonly parcel: Parcel
  /** The open descriptor of a regular file. */
  readonly fd: number
  /** Bytes in the file. */
  readonly size: number
  /** Bytes in a file that has just been made: those of the encoding's byte order mark. */
  readonly emptySize: number
  /** Cuts a parcel before the first record that would make the head take this many bytes or more. */
  cut(parcel: Parcel, room: number): Cut
}

/** What happens next: either the file changes, after which the same parcel is planned anew, or some of it is written. */
export type Step =
  | {
      /** Runs while the file is closed, which is opened again afterwards. */
      readonly change: () => void
    }
  | {
      /** What goes to the file, */
      readonly head: Parcel
      /** and what is left. */
      readonly rest?: Parcel | undefined
    }

/** Decides, and does nothing yet. */
export type Plan = (situation: Situation) => Step

// After a failure the next attempt comes after 1, 2, 4 ... 30 seconds; a reader that is only slow is asked much sooner.
const FAILING = { first: 1000, last: 30_000 }
const BUSY = { first: 2, last: 50 }

const NO_BYTES = new Uint8Array(0)

// What sonic-boom takes; its types leave out the buffers of contentMode 'buffer'.
interface Boom {
  write(data: string | Uint8Array): boolean
  end(): void
  destroy(): void
  once(event: 'close', listener: () => void): unknown
}

// Records on their way, and how far they are.
interface Inflight {
  readonly parcel: Parcel
  readonly data: string | Uint8Array
  /** Bytes of `data`. */
  readonly size: number
  /** sonic-boom has it, and keeps what it could not write. */
  given: boolean
  written: number
}

/** A sink that writes batches to a descriptor. What cannot be written now is held within bounds and tried again. */
export class DescriptorWriter implements Sink {
  readonly settles = true
  readonly #target: DescriptorTarget
  readonly #monitor: Monitor
  readonly #outbox: Outbox
  readonly #bufferSize: number
  #boom: Boom | undefined
  #fd = -1
  #size = 0
  #isFile = false
  #sync = true
  #inflight: Inflight | undefined
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
    this.#outbox = new Outbox(target.maxQueueBytes)
    // A buffer that is nearly full, and the batch that comes to it, must fit into the outbox.
    this.#bufferSize = Math.min(target.bufferSize, target.maxQueueBytes / 2)
  }

  /** Opens the descriptor now rather than at the first record; throws when it cannot. */
  open(): void {
    if (!this.#boom) this.#openBoom()
  }

  write(batch: Batch): void {
    if (this.#closed) this.#writeLate(batch)
    else if (this.#gone) this.#monitor.dropped(batch.count, 'reader gone')
    else if (this.#fillsBuffer(batch)) this.#pass(batch)
    else this.#hold(batch)
  }

  /** Resolves when all is written and on the disk; rejects when it cannot be written. */
  async flush(): Promise<void> {
    this.#attempt()
    while (!this.#idle && !this.#failing) await this.#settled()
    if (this.#failing) throw this.#error
    if (this.#fd !== -1) await promisify(fsync)(this.#fd).catch(ignoreUnsyncable)
  }

  flushSync(): void {
    const deadline = Date.now() + this.#target.closeTimeout * 1000
    this.#attempt()
    while (this.#error && !this.#failing && Date.now() < deadline) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
      this.#attempt()
    }
  }

  async close(signal: AbortSignal): Promise<void> {
    this.#attempt()
    signal.addEventListener('abort', () => this.#changed())
    while (!this.#idle && !this.#failing && !signal.aborted) await this.#settled()
    await this.#release()
  }

  /**
   * Runs `change` now, with the file closed, and opens it again if it was open and `reopen` is true; does nothing while a
   * write is under way. Returns whether it is open again.
   */
  changeNow(change: () => void, reopen: boolean = !this.#target.delay): boolean {
    this.#attempt()
    const wasOpen = this.#boom !== undefined
    if (this.#inflight || (wasOpen && !this.#isFile)) return false
    this.#change(change)
    return wasOpen && reopen && this.#tryToOpen()
  }

  get #idle(): boolean {
    return this.#inflight === undefined && this.#outbox.count === 0
  }

  // A real failure, as against a reader that is slow.
  get #failing(): boolean {
    return this.#error !== undefined && !isBusy(this.#error)
  }

  // Lets go of the descriptor; what is not written by now is lost.
  #release(): Promise<void> | undefined {
    this.#closed = true
    clearTimeout(this.#retryTimer)
    this.#settleRest('closed')
    const boom = this.#boom
    const clean = this.#error === undefined
    this.#boom = undefined
    this.#error = undefined
    this.#fd = -1
    return boom && this.#target.owned ? closeBoom(boom, clean) : undefined
  }

  // A record that comes after the end is not lost: the file is opened for it once more, as in Python.
  #writeLate(batch: Batch): void {
    if (!this.#target.reopens) throw new Error(`${this.#target.label} is closed`)
    this.#put(batch)
    clearTimeout(this.#retryTimer)
    this.#settleRest('closed')
    if (this.#target.owned && this.#fd !== -1) closeSync(this.#fd)
    this.#boom = undefined
    this.#error = undefined
    this.#fd = -1
  }

  #fillsBuffer(batch: Batch): boolean {
    return this.#bufferSize === 0 || Buffer.byteLength(batch.text) >= this.#bufferSize
  }

  // Straight on after what was held before it.
  #pass(batch: Batch): void {
    this.#drain()
    if (this.#idle) this.#put(batch)
    else this.#hold(batch)
  }

  #hold(batch: Batch): void {
    this.#monitor.dropped(this.#outbox.push(batch), 'overflow')
    if (this.#outbox.bytes >= this.#bufferSize || this.#isUrgent(batch)) this.#drain()
    else this.#flushTimer ??= setTimeout(() => this.#drain(), this.#target.flushInterval * 1000).unref()
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
      const step: Step | undefined = this.#target.plan ? this.#nextStep(this.#target.plan, rest) : { head: rest }
      if (!step) break
      if ('change' in step) {
        this.#change(step.change)
      } else {
        this.#send(step.head)
        rest = step.rest
      }
    }
    if (rest) this.#outbox.putBack(rest)
  }

  // Undefined when the file cannot be opened.
  #nextStep(plan: Plan, parcel: Parcel): Step | undefined {
    if (!this.#tryToOpen()) return undefined
    if (!this.#isFile) return { head: parcel }
    const emptySize = this.#target.encoder.mark.length
    return plan({ parcel, fd: this.#fd, size: this.#size, emptySize, cut: (whole, room) => this.#cut(whole, room) })
  }

  #change(change: () => void): void {
    if (this.#boom) closeSync(this.#fd)
    this.#boom = undefined
    this.#fd = -1
    change()
  }

  #cut(parcel: Parcel, room: number): Cut {
    const { encoder } = this.#target
    return cutBytes(parcel, room, (entry) => this.#measure(entry), !encoder.binary)
  }

  // A record that cannot be encoded takes no room: it is refused when its turn comes.
  #measure(entry: string): number {
    try {
      return Buffer.byteLength(this.#target.encoder.encode(entry))
    } catch {
      return 0
    }
  }

  #tryToOpen(): boolean {
    try {
      this.open()
      return true
    } catch (error) {
      this.#fail('open', toError(error))
      return false
    }
  }

  #send(parcel: Parcel): void {
    const { encodable, data } = this.#encode(parcel)
    if (encodable.count === 0) return
    this.#inflight = { parcel: encodable, data, size: Buffer.byteLength(data), given: false, written: 0 }
    this.#give(this.#inflight)
  }

  #give(inflight: Inflight): void {
    if (!this.#tryToOpen()) return
    // An empty write makes sonic-boom go on with what it could not write before.
    const nothing = this.#target.encoder.binary ? NO_BYTES : ''
    const data = inflight.given ? nothing : inflight.data
    inflight.given = true
    this.#boom?.write(data)
    if (this.#sync && !this.#error) this.#succeed()
  }

  #succeed(): void {
    const done = this.#inflight
    if (!done) return
    this.#inflight = undefined
    this.#size += done.size
    this.#monitor.delivered(done.parcel.count, done.size)
    if (this.#monitor.state === 'degraded') this.#recover()
    this.#attempts = 0
    // A synchronous write has a loop around it that goes on.
    if (!this.#sync) this.#drain()
    this.#changed()
  }

  #recover(): void {
    this.#monitor.state = 'open'
    this.#monitor.notice(`writing to ${this.#target.label} again; ${this.#outbox.count} records were held`)
  }

  #fail(kind: string, error: Error & { code?: string }): void {
    if (this.#closed && !this.#inflight) return
    this.#error = error
    if (error.code === 'EPIPE') this.#endOfReader()
    else this.#retryLater(kind, error)
    this.#changed()
  }

  #retryLater(kind: string, error: Error & { code?: string }): void {
    const { first, last } = isBusy(error) ? BUSY : FAILING
    if (!isBusy(error)) {
      this.#monitor.state = 'degraded'
      const text = `cannot ${kind} ${this.#target.label}: ${error.message}; holding records until it works again`
      this.#monitor.failure(kind, Object.assign(new Error(text, { cause: error }), { code: error.code }))
    }
    clearTimeout(this.#retryTimer)
    this.#retryTimer = setTimeout(() => this.#retry(), Math.min(first * 2 ** this.#attempts++, last)).unref()
  }

  #retry(): void {
    clearTimeout(this.#retryTimer)
    if (this.#failing) this.#monitor.retried()
    this.#error = undefined
    if (this.#inflight) this.#give(this.#inflight)
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
    const written = this.#inflight?.written ?? 0
    const entries = this.#inflight?.parcel.entries ?? []
    let bytes = 0
    const whole = entries.filter((entry) => {
      bytes += Buffer.byteLength(this.#target.encoder.encode(entry))
      return bytes <= written
    }).length
    this.#inflight = undefined
    this.#monitor.delivered(whole, written)
    this.#monitor.dropped(entries.length - whole + this.#outbox.take().count, reason)
  }

  // With errors: 'strict' only the records that cannot be encoded are lost.
  #encode(parcel: Parcel): { encodable: Parcel; data: string | Uint8Array } {
    const { encoder } = this.#target
    try {
      return { encodable: parcel, data: encoder.encode(parcel.text) }
    } catch {
      const entries = parcel.entries.filter((entry) => this.#isEncodable(entry))
      return { encodable: parcelOf(entries), data: encoder.encode(entries.join('')) }
    }
  }

  #isEncodable(entry: string): boolean {
    try {
      this.#target.encoder.encode(entry)
      return true
    } catch (error) {
      this.#monitor.invalid(1, error)
      return false
    }
  }

  #openBoom(): void {
    const { open, encoder } = this.#target
    const fd = open()
    try {
      const stat = fstatSync(fd)
      // Only a file is sure to take what it is given; anything else may keep a worker's thread waiting.
      // After the end there is no time to wait.
      this.#isFile = stat.isFile()
      this.#sync = this.#isFile || !inPinoWorker || this.#closed
      this.#size = stat.size
      if (this.#isFile && stat.size === 0) this.#size = writeSync(fd, encoder.mark)
    } catch (error) {
      if (this.#target.owned) closeSync(fd)
      throw error
    }
    const contentMode = encoder.binary ? 'buffer' : 'utf8'
    // Of several writes in a row sonic-boom tells only the first; what is left when the reader is slow tells the rest.
    const retryEAGAIN = (_error: Error, writing: number, waiting: number): false => {
      if (this.#inflight) this.#inflight.written = this.#inflight.size - writing - waiting
      return false
    }
    const boom = new sonicBoom.SonicBoom({ fd, sync: this.#sync, contentMode, retryEAGAIN })
    boom.on('error', (error: Error) => this.#fail('write to', error))
    boom.on('write', (bytes: number) => {
      // A reader that is slow, but reads, is asked again soon.
      if (bytes > 0) this.#attempts = 0
      if (this.#inflight) this.#inflight.written += bytes
    })
    if (!this.#sync) boom.on('drain', () => this.#succeed())
    this.#boom = boom
    this.#fd = fd
  }

  // Resolves at the next success or failure.
  #settled(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

function closeBoom(boom: Boom, clean: boolean): Promise<void> {
  return new Promise((resolve) => {
    boom.once('close', resolve)
    if (clean) boom.end()
    else boom.destroy()
  })
}

function isBusy(error: { code?: string }): boolean {
  return error.code === 'EAGAIN' || error.code === 'EBUSY'
}

// A pipe or terminal has nothing to sync.
function ignoreUnsyncable(error: { code?: string }): void {
  if (error.code !== 'EINVAL' && error.code !== 'ENOTSUP' && error.code !== 'EROFS') throw error
}
