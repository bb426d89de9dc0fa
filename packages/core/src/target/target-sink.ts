// Records to a target: through its failures, and to another one when it fails for good.

import { Batch, type BatchContext } from '../batch.js'
import { CatchUp } from '../catch-up.js'
import { Changes } from '../changes.js'
import { toError } from '../errors.js'
import { inTime } from '../in-time.js'
import { milliseconds } from '../milliseconds.js'
import type { Monitor } from '../monitor.js'
import { inPinoWorker } from '../pino-thread.js'
import type { Sink } from '../sink.js'
import { Backlog } from './backlog.js'
import { mayBeOfRecord } from './blame.js'
import { Feed } from './feed.js'
import { Opening } from './opening.js'
import type { TargetSettings } from './options.js'
import type { Target } from './target.js'
import { type HandlerStream, isHandler, relayEvents, type TargetStream } from './target-stream.js'

// Bytes of lines to write at a time: a transport makes objects of them, one of ours does not.
const LOAD = { ours: 1024 * 1024, others: 64 * 1024 }

/**
 * A sink that writes to a target and keeps it going: what the target has not taken waits within bounds, a target that
 * fails is opened again with the pauses of Python's SocketHandler, and one that fails time and again is left alone for
 * a while. Of records that a target had not taken when it failed, the first ones are written one by one afterwards, and
 * one that it fails at twice is dropped.
 *
 * A target that fails may have worked off records that it had not said it had taken: those it gets again, up to 64 KiB
 * of them, or 1 MiB if it is one of ours, the last one maybe after a part of itself. What a transport had read counts as
 * delivered and is not written again, whatever it has made of it.
 */
export class TargetSink implements Sink {
  readonly settles = true
  readonly #target: Target
  readonly #settings: TargetSettings
  readonly #monitor: Monitor
  readonly #fallback: TargetSink | undefined
  readonly #backlog: Backlog
  readonly #opening: Opening
  readonly #catchUp: CatchUp
  readonly #changes: Changes = new Changes()
  readonly #unwatch: () => void
  #feed: Feed | undefined
  // The one before it, which still hears what a stream of the application has to complain of.
  #former: Feed | undefined
  // The stream, if it is one of ours.
  #handler: HandlerStream | undefined
  #load = LOAD.others
  #context: BatchContext | undefined
  #steps = 0
  #gone = 0
  // It has not flushed in time, and nothing has been taken since.
  #isLate = false
  #pumping = false
  #closed = false

  /**
   * Opens the target at once.
   * @param fallback takes the records while the target is left alone, or is one of ours whose destination is away
   * @throws {HandlerOptionError} when the target is one of ours and its options are wrong.
   */
  constructor(target: Target, settings: TargetSettings, monitor: Monitor, fallback?: TargetSink) {
    this.#target = target
    this.#settings = settings
    this.#monitor = monitor
    this.#fallback = fallback
    this.#backlog = new Backlog(settings, monitor)
    this.#catchUp = new CatchUp({
      isBehind: () => this.#backlog.isFilling && (this.#feed !== undefined || this.#opening.isUnderway),
      steps: () => this.#steps,
      changed: () => this.#changes.next(),
    })
    this.#unwatch = monitor.watch(() => this.#handler?.stats)
    this.#opening = new Opening(target, settings, {
      opened: (stream) => this.#opened(stream),
      failed: (error) => this.#failed('cannot be opened', error),
      retried: () => this.#monitor.retried(),
    })
    this.#opening.open()
    if (this.#opening.isUnderway) monitor.state = 'connecting'
  }

  /** Records that it holds. */
  get held(): number {
    return this.#backlog.count + (this.#feed?.count ?? 0)
  }

  /** Nothing is wrong with it or its destination, as far as they tell. */
  get isWell(): boolean {
    return this.#feed !== undefined && !this.#isLate && (this.#handler?.stats.state ?? 'open') === 'open'
  }

  write(batch: Batch): void | Promise<void> {
    if (this.#closed) return this.#monitor.dropped(batch.count, 'closed')
    this.#context = batch.context
    if (this.#isReplaced) return this.#passOn(batch)
    if (this.#feed?.isReady && this.#backlog.count === 0 && !this.#backlog.isTrying && batch.size <= this.#load) {
      this.#feed.write(batch.asLines)
      return undefined
    }
    const room = this.#backlog.push(batch)
    this.#pump()
    return room
  }

  /** Takes records that have not been counted. */
  receive(batch: Batch): void | Promise<void> {
    this.#monitor.received(batch.count)
    return this.write(batch)
  }

  pause(): Promise<void> | undefined {
    return this.#catchUp.pause() ?? this.#fallback?.pause()
  }

  /** Resolves when the target has handed on what was written before; rejects when it is down, or takes longer than `flushTimeout`. */
  flush(): Promise<void> {
    return this.#inTime(async () => {
      await this.#taken()
      await Promise.all([this.#feed?.flush(), this.#fallback?.flush()])
    })
  }

  /** The same without what costs more than a crash of the process makes necessary: a file need not be on the disk. */
  settled(): Promise<void> {
    return this.#inTime(async () => {
      await this.#taken()
      if (this.#handler?.stats.queued !== 0) await this.#feed?.flush()
      await this.#fallback?.settled()
    })
  }

  /** Asks a handler in this thread to do something by name; in pino's worker it hears of it by itself. */
  command(name: string): void {
    if (!inPinoWorker) this.#handler?.command(name)
    this.#fallback?.command(name)
  }

  /** Its books stand in the stats no longer. */
  forget(): void {
    this.#unwatch()
  }

  flushSync(): void {
    try {
      // There is no later: what the stream would rather have later is written as well.
      while (this.#feed && this.#backlog.count > 0) this.#feed.write(this.#backlog.take(this.#load))
      this.#feed?.flushSync()
    } catch (error) {
      this.#report('cannot be flushed', toError(error))
    }
    this.#fallback?.flushSync()
  }

  async close(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#changes.tell())
    if (this.held > 0) {
      this.#opening.hurry()
      // A stream that has worked off what it got calls back for it a tick later.
      await new Promise<void>((resolve) => process.nextTick(resolve))
    }
    while (this.held > 0 && !signal.aborted && !this.#isHopeless) {
      this.#feed?.nudge()
      await this.#changes.next()
    }
    // At the deadline the target has had its chance.
    if (this.#fallback) this.#passOnAll()
    this.#closed = true
    this.#opening.end()
    this.#former?.release()
    await Promise.all([this.#end(signal), this.#fallback?.close(signal)])
  }

  async #end(signal: AbortSignal): Promise<void> {
    if (this.#target.stream) this.#feed?.release()
    else await this.#feed?.end(signal)
    this.#feed = undefined
  }

  get #isReplaced(): boolean {
    if (!this.#fallback) return false
    return this.#feed ? this.#isAway : this.#opening.isQuarantined
  }

  // One of ours whose destination is away tries again for as long as it holds something. When it holds nothing, the next
  // record tells how it is.
  get #isAway(): boolean {
    const stats = this.#handler?.stats
    return stats !== undefined && stats.queued > 0 && (stats.state === 'degraded' || stats.state === 'failed')
  }

  get #isHopeless(): boolean {
    return this.#feed === undefined && this.#opening.isQuarantined && !this.#opening.isUnderway
  }

  async #inTime(task: () => Promise<void>): Promise<void> {
    const { flushTimeout } = this.#settings
    if (await inTime(milliseconds(flushTimeout), task())) return
    this.#isLate = true
    throw new Error(`${this.#target.label} has not flushed within ${flushTimeout} s`)
  }

  // Resolves when all that was written before has been taken.
  async #taken(): Promise<void> {
    // A report of drops is no record that somebody waits for.
    const left = (): number => this.#gone - this.#backlog.reports
    const end = left() + this.held
    // More may come all the time, and is not waited for.
    while (this.held > 0 && left() < end) {
      if (!this.#feed && !this.#opening.isUnderway && !this.#isReplaced)
        throw new Error(`${this.#target.label} is down`)
      this.#feed?.nudge()
      await this.#changes.next()
    }
  }

  #opened(stream: TargetStream): void {
    this.#handler = isHandler(stream) ? stream : undefined
    this.#load = this.#handler ? LOAD.ours : LOAD.others
    if (this.#handler && this.#target.open) relayEvents(this.#handler, this.#monitor)
    this.#feed = new Feed(stream, this.#target.stream !== undefined, {
      progressed: (taken) => this.#progressed(taken),
      died: (error) => this.#died(error),
    })
    this.#former?.release()
    this.#former = undefined
    this.#monitor.state = 'open'
    if (this.#opening.hasFailed) {
      this.#monitor.recovered(`${this.#target.label} is open`, this.#backlog.count)
      this.#backlog.reportDrops()
    }
    this.#pump()
    this.#changes.tell()
  }

  // A stream that takes records at once comes back here before the first write has returned.
  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    while (this.#feed?.isReady) {
      const parcel = this.#backlog.next(this.#load)
      if (!parcel) break
      this.#feed.write(parcel)
    }
    this.#pumping = false
  }

  #progressed(taken: number): void {
    this.#steps++
    this.#isLate = false
    this.#gone += taken
    this.#monitor.delivered(taken)
    if (this.#feed?.count === 0) this.#backlog.cleared()
    this.#pump()
    this.#changes.tell()
  }

  #died(error: Error): void {
    const feed = this.#feed
    this.#feed = undefined
    if (feed) this.#gone += this.#backlog.takeBack(feed.pending, feed.isSuspect && mayBeOfRecord(error))
    if (this.#target.stream) this.#former = feed
    else feed?.destroy()
    this.#failed('failed', error)
  }

  #failed(what: string, cause: Error): void {
    const wait = this.#opening.reopenLater()
    if (this.#fallback && this.#opening.isQuarantined) this.#passOnAll()
    this.#changes.tell()
    // Told last: who hears it may write, flush or close.
    this.#monitor.state = this.#opening.isQuarantined ? 'failed' : 'degraded'
    this.#report(what, cause, wait === undefined ? '' : `; it is opened again in ${wait.toFixed(1)} s`)
  }

  #report(what: string, cause: Error & { code?: string }, outlook = ''): void {
    const error = new Error(`${this.#target.label} ${what}: ${cause.message}${outlook}`, { cause })
    this.#monitor.failure('target', Object.assign(error, { code: cause.code }))
  }

  #passOnAll(): void {
    const context = this.#context
    while (context && this.#backlog.count > 0) {
      const { text, count } = this.#backlog.take(this.#load)
      this.#gone += count
      this.#passOn(new Batch(text, count, context))
    }
  }

  // From now on they stand in the other one's books.
  #passOn(batch: Batch): void | Promise<void> {
    this.#monitor.received(-batch.count)
    return this.#fallback?.receive(batch)
  }
}
