// One stream that is being written to, and what of the records it has taken.

import { toError } from '../errors.js'
import type { Parcel } from '../parcel.js'
import { overhear } from './overhear.js'
import { Tally } from './tally.js'
import { isHandler, isSpent, type StreamParts, type TargetStream } from './target-stream.js'

/** Who writes to a {@link Feed}. */
export interface FeedUser {
  /** The stream has taken so many more records, or can be written to again. */
  progressed(taken: number): void
  /** The stream is of no use any more; called once, and never within `write`. */
  died(error: Error): void
}

// Milliseconds between two looks at what a stream has read, at first and at most; it does not tell.
const LOOK = { first: 1, longest: 100 }

const METADATA = Symbol.for('pino.metadata')

/** Writes parcels to a stream, and tells what of them it has taken. */
export class Feed {
  readonly #stream: TargetStream & Partial<StreamParts>
  readonly #user: FeedUser
  readonly #linewise: boolean
  readonly #callsBack: boolean
  readonly #tally: Tally
  #hasRead = false
  #waits = false
  #writing = false
  #over = false
  #ending = false
  #nudged = false
  readonly #reason: () => Error | undefined
  #looker: NodeJS.Timeout | undefined
  #looks = 0
  readonly #whenOver = new Set<(error?: Error) => void>()
  readonly #listeners: Readonly<Record<string, (error?: unknown) => void>> = {
    drain: () => this.#drained(),
    // A SonicBoom tells how far it is.
    write: () => this.#settle(),
    error: (error) => this.#die(this.#reason() ?? toError(error)),
    finish: () => this.#finished(),
    close: () => this.#closed(),
  }

  /** @param isLive somebody else owns the stream; each line is written by itself, as pino.multistream does */
  constructor(stream: TargetStream, isLive: boolean, user: FeedUser) {
    this.#stream = stream
    this.#user = user
    this.#tally = new Tally(stream)
    this.#linewise = isLive && !isHandler(stream)
    this.#callsBack = this.#stream.writableLength !== undefined
    for (const [event, listener] of Object.entries(this.#listeners)) this.#stream.on?.(event, listener)
    this.#reason = isLive ? () => undefined : overhear(this.#stream)
  }

  /** It can be written to. */
  get isReady(): boolean {
    return !this.#over && !this.#waits
  }

  /** How many records were written and are not known to be taken. */
  get count(): number {
    return this.#tally.count
  }

  /** These records, in order. */
  get pending(): readonly Parcel[] {
    return this.#tally.parcels
  }

  /** The stream may have died of one of those that are first pending; of what a transport has read, it has not. */
  get isSuspect(): boolean {
    return !this.#hasRead
  }

  /** Writes records; what the stream throws is its death, told later, and the records stay pending. */
  write(parcel: Parcel): void {
    this.#tally.add(parcel)
    this.#writing = true
    try {
      this.#waits = !this.#put(parcel) || this.#waits
    } catch (error) {
      this.#die(toError(error))
    }
    this.#writing = false
    this.#settle()
  }

  /** Resolves when the stream has handed on what it has taken, as far as it can tell; rejects with what went wrong. */
  async flush(): Promise<void> {
    const { flush } = this.#stream
    if (!flush || this.#over) return
    await new Promise<void>((resolve, reject) => {
      const done = (error?: unknown): void => {
        this.#whenOver.delete(done)
        if (error) reject(toError(error))
        else resolve()
      }
      this.#whenOver.add(done)
      const result: unknown = Reflect.apply(flush, this.#stream, flush.length === 0 ? [] : [done])
      if (flush.length === 0 || result instanceof Promise) Promise.resolve(result).then(() => done(), done)
    })
  }

  /** Tells a SonicBoom to write, which otherwise waits for a minimum of bytes. */
  nudge(): void {
    if (this.#nudged || this.#over || !this.#stream.minLength) return
    this.#nudged = true
    this.#stream.flush?.(() => {
      this.#nudged = false
      this.#drained()
    })
  }

  /** Hands on what can be handed on without waiting. */
  flushSync(): void {
    this.#stream.flushSync?.()
    // There is no later, in which it would call back.
    if (this.#stream.writableLength === 0) this.#tally.calledBackAll()
    this.#settle()
  }

  /** Ends the stream; resolves when it has closed, or `signal` aborts. */
  async end(signal: AbortSignal): Promise<void> {
    if (!this.#over && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#ending = true
        this.#whenOver.add(() => resolve())
        signal.addEventListener('abort', () => resolve())
        this.#end()
      })
    }
    this.destroy()
  }

  /** Lets go of a stream that somebody else owns. */
  release(): void {
    this.#leave(new Error('it was let go'))
    for (const [event, listener] of Object.entries(this.#listeners)) this.#stream.off?.(event, listener)
  }

  /** Lets go of the stream at once; what it still has to say is not heard, and breaks nothing. */
  destroy(): void {
    this.#leave(new Error('it was let go'))
    if (this.#stream.destroyed) return
    try {
      this.#stream.destroy?.()
    } catch {
      // It was of no use before.
    }
  }

  // Returns false when the next write should wait.
  #put(parcel: Parcel): boolean {
    // One that is spent tells why by an event, unless that was long ago.
    if (isSpent(this.#stream)) {
      setImmediate(() => this.#die(new Error('it has ended')))
      return false
    }
    if (!this.#linewise) return this.#write(parcel.text, parcel.count)
    let ready = true
    for (const [index, line] of parcel.entries.entries()) {
      // A pino.multistream goes by it.
      if (METADATA in this.#stream) this.#stream.lastLevel = parcel.levelAt(index)
      ready = this.#write(line, 1)
    }
    return ready
  }

  #write(text: string, count: number): boolean {
    this.#tally.wrote(count)
    if (this.#callsBack) return this.#stream.write(text, (error) => this.#calledBack(error)) !== false
    const ready = this.#stream.write(text) !== false
    this.#tally.calledBack()
    return ready || !this.#stream.on
  }

  #calledBack(error?: Error | null): void {
    // Why is told by 'error'.
    if (error || this.#over) return
    this.#tally.calledBack()
    this.#settle()
  }

  #drained(): void {
    this.#waits = false
    this.#settle(true)
  }

  #settle(tells = false): void {
    if (this.#over) return
    const taken = this.#tally.settle()
    if (this.#tally.unread > 0 && this.#tally.count > 0) this.#lookLater()
    else this.#looks = 0
    if (taken > 0 || tells) this.#user.progressed(taken)
  }

  #lookLater(): void {
    if (this.#looker) return
    const delay = Math.min(LOOK.first * 2 ** this.#looks++, LOOK.longest)
    this.#looker = setTimeout(() => {
      this.#looker = undefined
      this.#settle()
    }, delay).unref()
  }

  #end(): void {
    try {
      this.#stream.end?.()
    } catch (error) {
      this.#die(toError(error))
    }
    // One that emits nothing is closed when `end` returns.
    if (!this.#stream.end || !this.#stream.on) this.#leave()
  }

  // One that does not destroy itself at its end never closes. What also reads is not done yet.
  #finished(): void {
    if (this.#ending && this.#stream.readableLength === undefined) this.#stream.destroy?.()
  }

  #closed(): void {
    if (this.#ending) this.#leave()
    else this.#die(this.#reason() ?? new Error('it closed by itself'))
  }

  #die(error: Error): void {
    if (this.#over) return
    if (this.#writing) {
      this.#waits = true
      queueMicrotask(() => this.#die(error))
      return
    }
    // A transport that dies of what it has read does not call back for it. What is left in front of its reader tells.
    this.#hasRead = this.#tally.unread > 0
    if (this.#hasRead) this.#tally.calledBack()
    this.#settle()
    this.#leave(error)
    this.#user.died(error)
  }

  #leave(error?: Error): void {
    this.#over = true
    clearTimeout(this.#looker)
    for (const done of this.#whenOver) done(error)
  }
}
