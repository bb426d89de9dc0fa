// The stream that users get: a Writable around a sink, which keeps the books and never lets a failure out.

import { setMaxListeners } from 'node:events'
import { Writable } from 'node:stream'
import { Batch } from './batch.js'
import type { CommonSettings } from './common.js'
import { Intake } from './intake.js'
import { milliseconds } from './milliseconds.js'
import { Monitor } from './monitor.js'
import { inPinoWorker, onCommand, whenConfigured } from './pino-thread.js'
import { onLastCall } from './shutdown/last-call.js'
import type { Sink } from './sink.js'
import type { Stats } from './stats.js'

type Done = (error?: Error | null) => void

// Writes to have under way before the writer should wait: one with the sink and one behind it.
const HIGH_WATER_MARK = 2

// Characters of lines to hold for a sink that waits, from a writer that does not, as pino in this process.
const MAX_HELD = 16 * 1024 * 1024

// A batch that the sink has and waits for.
interface Underway {
  readonly batch: Batch
  readonly waiting: Promise<void>
}

function isUnderway(item: Batch | Underway | string | Uint8Array): item is Underway {
  return typeof item === 'object' && 'waiting' in item
}

/** What a handler needs beside its sink. */
export interface HandlerConfig {
  /** The package's name without its scope; starts every message. */
  readonly name: string
  readonly settings: CommonSettings
  /** The sink looks at records, not only at their text: it gets none before pino's configuration is known. Default: false. */
  readonly readsRecords?: boolean
}

/**
 * A log handler: a Writable of pino's lines.
 *
 * It emits `state`, `drop`, `failure` and `stats`, in pino's worker also on the transport stream in the main thread, and
 * never `error` unless `onError` is 'throw'. Writing after `end()` is no error: the sink gets it, or it is counted as
 * dropped. Python: `logging.Handler`.
 */
export class Handler extends Writable {
  readonly #monitor: Monitor
  readonly #intake: Intake
  readonly #sink: Sink
  readonly #closeTimeout: number
  readonly #forget: (() => void)[]
  readonly #statsTimer: NodeJS.Timeout | undefined
  readonly #deadline = new AbortController()
  #deadlineTimer: NodeJS.Timeout | undefined
  #hurryTimer: NodeJS.Timeout | undefined
  #abandon: (() => void) | undefined
  #waited = false
  #reading: boolean
  #held = 0
  #paused = false
  #closed: Promise<void> | undefined

  constructor({ name, settings, readsRecords }: HandlerConfig, createSink: (monitor: Monitor) => Sink) {
    super({ objectMode: true, highWaterMark: HIGH_WATER_MARK })
    this.#monitor = new Monitor(name, settings.onError)
    this.#sink = createSink(this.#monitor)
    this.#intake = new Intake(settings, this.#monitor, readsRecords)
    this.#reading = this.#intake.ready
    this.#closeTimeout = settings.closeTimeout * 1000
    this.#monitor.listen((event, payload) => this.emit(event, payload))
    const giveUp = (): void => this.#monitor.giveUp('exit', 'the process ended')
    this.#forget = [atExit({ flush: () => this.#lastMoment(), giveUp })]
    this.#forget.push(onLastCall({ flush: (done) => this.flush(done), closeWithin: (limit) => this.#hurry(limit) }))
    if (this.#sink.command) this.#forget.push(onCommand((command) => this.command(command)))
    if (settings.statsInterval > 0) {
      const tell = (): void => this.#monitor.emit('stats', this.stats)
      this.#statsTimer = setInterval(tell, milliseconds(settings.statsInterval)).unref()
    }
  }

  /** The handler's books, as of now. */
  get stats(): Stats {
    return this.#monitor.stats
  }

  /**
   * Calls `done` when the destination has everything that was written before. In pino's worker `done` never gets an
   * error, since pino would end the worker for it; the failure is reported instead. Python: `Handler.flush`.
   */
  flush(done?: Done): void {
    const flushed = this.#closed ?? this.#written().then(() => this.#sink.flush?.())
    const tell = (error?: Error): void => {
      if (done) process.nextTick(done, inPinoWorker ? undefined : error)
    }
    flushed.then(() => tell(), tell)
  }

  /** Hands to the destination what can be handed over without waiting. */
  flushSync(): void {
    this.#sink.flushSync?.()
  }

  /** Asks the sink to do something by name, such as 'rotate'; see `sendCommand`, which also reaches handlers in a worker. */
  command(name: string): void {
    try {
      this.#sink.command?.(name)
    } catch (error) {
      this.#monitor.failure(name, error)
    }
  }

  override write(chunk: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done): boolean {
    const told = typeof encoding === 'function' ? encoding : done
    if (this.writableEnded || this.destroyed) {
      for (const batch of this.#intake.push(chunk)) this.#deliverAside(batch)
      if (told) process.nextTick(told)
      return true
    }
    if (!this.#reading) return super.write(chunk, told)
    const ready = this.#enqueue(this.#intake.push(chunk), told)
    return !this.#isPaused() && ready
  }

  override end(...args: readonly unknown[]): this {
    if (!this.#closed) this.#deadlineTimer ??= setTimeout(() => this.#expire(), this.#closeTimeout)
    const [chunk] = args
    const late = (this.writableEnded || this.destroyed) && (typeof chunk === 'string' || chunk instanceof Uint8Array)
    if (late) this.write(chunk)
    const rest = late ? args.filter((each) => typeof each === 'function') : args
    return Reflect.apply(super.end, this, rest)
  }

  override _write(item: Batch | Underway | string | Uint8Array, encoding: BufferEncoding, done: Done): void {
    if (isUnderway(item)) {
      this.#settleLater(item.batch, item.waiting, done)
      return
    }
    if (item instanceof Batch) {
      this.#held -= item.size
      this.#deliverAll([item], done)
      return
    }
    // pino's configuration, which says where the message is, may come a little later than the first lines.
    if (!this.#waited && !this.#intake.ready) {
      this.#waited = true
      whenConfigured(() => this._write(item, encoding, done))
      return
    }
    // Behind the last chunk that had to wait, lines can be read as they come.
    if (this.writableLength === 1) this.#reading = true
    this.#deliverAll(this.#intake.push(item), done)
  }

  override _final(done: Done): void {
    this.#deliverAll(this.#intake.end(), () => this.#close().then(() => done()))
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#expire()
    this.#close().then(() => done(error))
  }

  // A batch goes to the sink at once, unless the sink waits: then the Writable holds it, which has no limit of its own.
  #enqueue(batches: readonly Batch[], done: Done | undefined): boolean {
    for (const batch of batches) {
      if (this.writableLength > 0) {
        if (this.#admit(batch)) super.write(batch)
        continue
      }
      const waiting = this.#deliver(batch)
      if (waiting) super.write({ batch, waiting } satisfies Underway)
    }
    if (done) this.#whenTaken(done)
    return !this.writableNeedDrain
  }

  // Who writes on all the same loses nothing by it: it is for those who wait for 'drain'.
  #isPaused(): boolean {
    const isOver = this.#paused || this.#deadline.signal.aborted
    const pause = isOver ? undefined : this.#sink.pause?.()
    if (pause) {
      this.#paused = true
      pause.then(() => this.#resume())
    }
    return this.#paused
  }

  #resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.emit('drain')
  }

  // An empty write queues behind those that are under way.
  #whenTaken(done: Done): void {
    if (this.writableLength > 0) super.write('', done)
    else process.nextTick(done)
  }

  #admit(batch: Batch): boolean {
    const fits = this.#held === 0 || this.#held + batch.size <= MAX_HELD
    if (fits) this.#held += batch.size
    else this.#monitor.dropped(batch.count, 'overflow')
    return fits
  }

  // One batch after the other; `done` is called at once when the sink never waits.
  #deliverAll(batches: readonly Batch[], done: () => void): void {
    for (const [index, batch] of batches.entries()) {
      const waiting = this.#deliver(batch)
      if (!waiting) continue
      this.#settleLater(batch, waiting, () => this.#deliverAll(batches.slice(index + 1), done))
      return
    }
    done()
  }

  // Returns what the sink waits for, if it does.
  #deliver(batch: Batch): Promise<void> | undefined {
    if (this.#deadline.signal.aborted && this.#closed === undefined) {
      this.#monitor.dropped(batch.count, 'closed')
      return undefined
    }
    try {
      const waiting = this.#sink.write(batch)
      if (waiting) return waiting
      this.#delivered(batch)
    } catch (error) {
      this.#failed(batch, error)
    }
    return undefined
  }

  // For records that nothing waits for: they came after the end, or at the end of the process.
  #deliverAside(batch: Batch): void {
    this.#deliver(batch)?.then(
      () => this.#delivered(batch),
      (error) => this.#failed(batch, error),
    )
  }

  // At the deadline a batch that the sink still has is left to it, and counted with what is queued.
  #settleLater(batch: Batch, waiting: Promise<void>, done: () => void): void {
    let over = false
    const finish = (settle: () => void): void => {
      if (over) return
      over = true
      settle()
      done()
    }
    this.#abandon = () => finish(() => {})
    waiting.then(
      () => finish(() => this.#delivered(batch)),
      (error) => finish(() => this.#failed(batch, error)),
    )
  }

  #delivered(batch: Batch): void {
    if (!this.#sink.settles) this.#monitor.delivered(batch.count)
  }

  #failed(batch: Batch, error: unknown): void {
    this.#monitor.dropped(batch.count, 'failed')
    this.#monitor.failure('write', error)
  }

  // Resolves when the writes so far have reached the sink.
  #written(): Promise<void> {
    if (this.writableLength === 0) return Promise.resolve()
    if (this.writableEnded) return new Promise((resolve) => this.once('close', resolve))
    return new Promise((resolve) => this.#whenTaken(() => resolve()))
  }

  // The process ends now: what the sink cannot hand over at once is lost.
  #lastMoment(): void {
    try {
      for (const batch of this.#intake.end()) this.#deliverAside(batch)
      if (this.#sink.exit) this.#sink.exit()
      else this.flushSync()
    } catch (error) {
      this.#monitor.failure('exit', error)
    }
  }

  // Its end is near, and must not take longer; what comes after that is dropped, so that pino need not wait to hand it over.
  #hurry(limit: number): void {
    this.#hurryTimer ??= setTimeout(() => this.#expire(), limit)
  }

  #expire(): void {
    this.#clearTimers()
    this.#deadline.abort()
    this.#abandon?.()
    this.#resume()
  }

  #clearTimers(): void {
    clearTimeout(this.#deadlineTimer)
    clearTimeout(this.#hurryTimer)
  }

  #close(): Promise<void> {
    this.#closed ??= this.#closeSink()
    return this.#closed
  }

  async #closeSink(): Promise<void> {
    const { signal } = this.#deadline
    // A sink of many parts has many that listen to it, which is no leak.
    setMaxListeners(0, signal)
    // A sink that does not keep to the deadline is left behind.
    const expired = signal.aborted
      ? new Promise((resolve) => setImmediate(resolve))
      : new Promise((resolve) => signal.addEventListener('abort', () => setImmediate(resolve)))
    try {
      await Promise.race([this.#sink.close?.(signal), expired])
    } catch (error) {
      this.#monitor.failure('close', error)
    }
    clearInterval(this.#statsTimer)
    this.#clearTimers()
    for (const forget of this.#forget) forget()
    this.#monitor.giveUp('closed', 'closed')
    this.#monitor.close()
  }
}

// What a handler does when the process exits.
interface LastMoment {
  flush(): void
  giveUp(): void
}

const pending = new Set<LastMoment>()

/** Runs `last` when the process exits, until the returned function is called. In pino's worker it does nothing: pino ends its transports itself. */
function atExit(last: LastMoment): () => void {
  if (inPinoWorker) return () => {}
  // Before those of streams, which may throw when they are not open yet: after that nobody is called.
  if (pending.size === 0) process.prependListener('exit', flushAll)
  pending.add(last)
  return () => {
    pending.delete(last)
    if (pending.size === 0) process.off('exit', flushAll)
  }
}

// One may hand its records on to another, which may have had its turn before; so none gives up before all had two.
function flushAll(): void {
  for (const last of [...pending, ...pending]) last.flush()
  for (const last of pending) last.giveUp()
}
