// The buffer in front of its target.

import {
  Batch,
  type BatchContext,
  countLines,
  type Monitor,
  milliseconds,
  piecesOf,
  recordCount,
  type Sink,
} from '@pino-handlers/core'
import { type Target, type TargetSettings, TargetSink } from '@pino-handlers/core/target'
import { type BufferSettings, type Circumstances, MemoryBuffer, type Outcome } from './memory-buffer.js'

// Characters to hand on at a time: all at once might be more than the target's queue has room for.
const PIECE = 64 * 1024

/** What a {@link MemorySink} needs to know. */
export interface MemorySettings extends BufferSettings, TargetSettings {
  readonly flushOnClose: boolean
  /** Seconds that a target which is replaced may take to close. */
  readonly closeTimeout: number
}

/** A sink that holds records, and hands them on to a target when one of them says so. */
export class MemorySink implements Sink {
  readonly settles = true
  readonly #settings: MemorySettings
  readonly #monitor: Monitor
  readonly #buffer: MemoryBuffer
  #context: BatchContext | undefined
  #target: TargetSink | undefined
  #lowest = Number.NEGATIVE_INFINITY
  // Targets that were replaced and still have records.
  readonly #leaving = new Set<Promise<void>>()
  #closed = false
  #exiting = false

  /** @throws {HandlerOptionError} when the target is one of ours and its options are wrong. */
  constructor(settings: MemorySettings, target: Target | null, monitor: Monitor) {
    this.#settings = settings
    this.#monitor = monitor
    this.#buffer = new MemoryBuffer(settings, (error) => monitor.failure('shouldFlush', error))
    this.#open(target)
  }

  write(batch: Batch): void | Promise<void> {
    if (this.#closed) throw new Error('it is closed')
    this.#context = batch.context
    const written = this.#settle(this.#buffer.push(batch.asLines.text, this.#circumstances(batch.context)))
    if (this.#exiting) this.exit()
    return written
  }

  pause(): Promise<void> | undefined {
    return this.#target?.pause()
  }

  /** Hands on what is held, unless that is kept for a reason to come; resolves when the target has flushed. */
  async flush(): Promise<void> {
    const room = this.#keeps ? undefined : this.#handOver()
    await Promise.all([room, ...this.#leaving, this.#target?.flush()])
  }

  flushSync(): void {
    if (!this.#keeps) this.#spill()
    this.#target?.flushSync()
  }

  exit(): void {
    this.#exiting = true
    this.#finish()
    this.#target?.flushSync()
  }

  command(name: string): void {
    if (name === 'flush') this.#spill()
    else this.#target?.command(name)
  }

  async close(signal: AbortSignal): Promise<void> {
    this.#finish()
    this.#closed = true
    this.#forsake()
    await Promise.all([...this.#leaving, this.#target?.close(signal)])
  }

  /** From now on records go to another target, or wait for one; the one before gets no more, and is closed if it was opened here. */
  setTarget(target: Target | null): void {
    const before = this.#target
    this.#open(this.#closed ? null : target)
    if (!before) return
    const left = before.close(AbortSignal.timeout(milliseconds(this.#settings.closeTimeout))).then(
      () => {},
      (error) => this.#monitor.failure('close', error),
    )
    this.#leaving.add(left)
    left.then(() => {
      this.#leaving.delete(left)
      before.forget()
    })
  }

  get #keeps(): boolean {
    return this.#settings.onFull === 'drop-oldest'
  }

  #open(target: Target | null): void {
    this.#target = target ? new TargetSink(target, this.#settings, this.#monitor) : undefined
    this.#lowest = target?.level ?? Number.NEGATIVE_INFINITY
  }

  #finish(): void {
    if (this.#settings.flushOnClose) this.#spill()
    else this.#monitor.dropped(this.#buffer.drop(), 'not flushed')
  }

  // Without a target nothing was flushed.
  #forsake(): void {
    const left = this.#buffer.drop()
    if (left === 0) return
    this.#monitor.dropped(left, 'closed')
    this.#monitor.notice(`closed without a target: lost ${recordCount(left)} that it held`)
  }

  // Nobody waits for the room that the target may have to make.
  #spill(): void {
    const room = this.#handOver()
    if (room) room.catch((error) => this.#monitor.failure('write', error))
  }

  #handOver(): void | Promise<void> {
    if (!this.#target || !this.#context) return undefined
    return this.#settle(this.#buffer.flush(this.#circumstances(this.#context)))
  }

  #circumstances({ shape }: BatchContext): Circumstances {
    return { shape, now: Date.now(), target: this.#target ? this.#lowest : undefined }
  }

  #settle({ text, count, dropped, leftOut }: Outcome): void | Promise<void> {
    for (const [reason, lost] of Object.entries(dropped)) this.#monitor.dropped(lost, reason)
    if (leftOut > 0) this.#monitor.leftOut(leftOut)
    if (count === 0 || !this.#context) return undefined
    let room: Promise<void> | undefined
    for (const piece of piecesOf(text, PIECE)) {
      const lines = piece === text ? count : countLines(piece)
      const waiting = this.#target?.write(new Batch(piece, lines, this.#context))
      if (waiting) room = waiting
    }
    return room
  }
}
