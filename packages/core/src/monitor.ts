// What a handler tells about itself: its books, its state, its failures.

import { writeSync } from 'node:fs'
import { toError } from './errors.js'
import { inPinoWorker, postToMainThread } from './pino-thread.js'
import { recordCount } from './record-count.js'
import type { Drop, Failure, OnError, State, Stats } from './stats.js'
import { Throttle } from './throttle.js'

type Listener = (event: string, payload: unknown) => void

/** Keeps the books of one handler, reports its failures, and passes its events on. */
export class Monitor {
  readonly handler: string
  readonly #onError: OnError
  #listener: Listener | undefined
  #state: State = 'open'
  #received = 0
  #delivered = 0
  #deadLettered = 0
  #invalid = 0
  #filtered = 0
  #bytes = 0
  #retries = 0
  #lastError: string | null = null
  readonly #dropped: Record<string, number> = {}
  #writtenOff = 0
  readonly #targets = new Set<() => Stats | undefined>()
  readonly #children: Monitor[] = []
  readonly #failures = new Throttle(30_000)
  readonly #drops = new Throttle(1000)
  #hasToldFailure = false

  constructor(handler: string, onError: OnError = 'print') {
    this.handler = handler
    this.#onError = onError
  }

  /** Where events go in this thread; in pino's worker they go to the main thread as well. */
  listen(listener: Listener): void {
    this.#listener = listener
  }

  /** A snapshot of the books. */
  get stats(): Stats {
    const dropped = Object.values(this.#dropped).reduce((sum, count) => sum + count, 0)
    return {
      handler: this.handler,
      state: this.#state,
      received: this.#received,
      delivered: this.#delivered,
      dropped: { ...this.#dropped },
      deadLettered: this.#deadLettered,
      invalid: this.#invalid,
      queued: this.#received - this.#delivered - dropped - this.#deadLettered - this.#invalid,
      filtered: this.#filtered,
      bytes: this.#bytes,
      retries: this.#retries,
      lastError: this.#lastError,
      ...this.#targetStats,
    }
  }

  /** Books that stand in the stats as those of a target, while there are any and until the returned function is called. */
  watch(stats: () => Stats | undefined): () => void {
    this.#targets.add(stats)
    return () => this.#targets.delete(stats)
  }

  /** A monitor of something that this handler writes to, with books of its own; what it tells is told by this one, and it ends with it. */
  child(name: string): Monitor {
    const child = new Monitor(`${this.handler}/${name}`, this.#onError)
    child.listen((event, payload) => this.relay(event, payload))
    this.watch(() => child.stats)
    this.#children.push(child)
    return child
  }

  /** Emits what a target has emitted on the handler in this thread; the main thread has heard of it. */
  relay(event: string, payload: unknown): void {
    this.#listener?.(event, payload)
  }

  received(count: number): void {
    this.#received += count
  }

  filtered(count: number): void {
    this.#filtered += count
  }

  delivered(count: number, bytes = 0): void {
    this.#delivered += this.#unsettled(count)
    this.#bytes += bytes
  }

  /** Records that the destination refuses are in a file of their own. */
  deadLettered(count: number): void {
    this.#deadLettered += this.#unsettled(count)
  }

  /** Records are lost for `reason`, a word or two that stand in the stats. */
  dropped(count: number, reason: string): void {
    this.#lose(this.#unsettled(count), reason)
  }

  /** Records that were delivered are lost after all, as by what stands between; at most as many as were delivered. */
  undelivered(count: number, reason: string): void {
    const lost = Math.min(count, this.#delivered)
    this.#delivered -= lost
    this.#lose(lost, reason)
  }

  /** Records that were received are kept out on purpose: from now on they count as filtered. */
  leftOut(count: number): void {
    const left = this.#unsettled(count)
    this.#received -= left
    this.#filtered += left
  }

  #lose(lost: number, reason: string): void {
    if (lost <= 0) return
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + lost
    const due = this.#drops.pass(reason, lost, Date.now())
    if (due !== undefined) this.emit('drop', { handler: this.handler, reason, count: due } satisfies Drop)
  }

  /** All that is queued is dropped for `reason`; what becomes of it after all is not counted again. Returns how many. */
  writeOff(reason: string): number {
    const { queued } = this.stats
    this.dropped(queued, reason)
    this.#writtenOff += queued
    return queued
  }

  /** The end: what is queued is dropped for `reason`, and what was lost is told; `when` begins that sentence. */
  giveUp(reason: string, when: string): void {
    for (const child of this.#children) child.giveUp(reason, when)
    const { overflow = 0 } = this.#dropped
    if (overflow > 0) this.notice(`dropped ${recordCount(overflow)} for want of room in the queue`)
    const lost = this.writeOff(reason)
    if (lost > 0) this.notice(`${when} with ${recordCount(lost)} that could not be delivered`)
  }

  /** A record cannot be put into the form that the destination takes. */
  invalid(count: number, error: unknown): void {
    this.#invalid += this.#unsettled(count)
    this.failure('encode', error)
  }

  retried(): void {
    this.#retries++
  }

  get state(): State {
    return this.#state
  }

  set state(state: State) {
    if (state === this.#state) return
    this.#state = state
    this.emit('state', { handler: this.handler, state })
  }

  /** Reports a failure by the policy of `onError`, rate-limited per kind. */
  failure(kind: string, thrown: unknown): void {
    const error = toError(thrown)
    this.#lastError = error.message
    if (this.#onError === 'throw') {
      this.#listener?.('error', error)
      return
    }
    const count = this.#failures.pass(kind, 1, Date.now())
    if (count === undefined) return
    this.#hasToldFailure = true
    const more = count > 1 ? ` (${count - 1} more like this since the last report)` : ''
    if (this.#onError === 'print') print(`[${this.handler}] ${error.message}${more}`)
    const { message, code } = error
    this.emit('failure', { handler: this.handler, kind, message, code: code ?? null, count } satisfies Failure)
  }

  /** Tells that the destination is well again, with what was held meanwhile, unless no failure was told since it did so last. */
  recovered(what: string, held: number): void {
    if (this.#hasToldFailure) this.notice(`${what} again; ${recordCount(held)} ${held === 1 ? 'was' : 'were'} held`)
    this.#hasToldFailure = false
  }

  /** Tells something that is no failure, by the policy of `onError`. */
  notice(message: string): void {
    if (this.#onError === 'print') print(`[${this.handler}] ${message}`)
  }

  /** Emits an event on the handler, and on the transport stream when this is pino's worker. */
  emit(event: string, payload: unknown): void {
    this.#listener?.(event, payload)
    if (inPinoWorker) postToMainThread(event, payload)
  }

  /** The last word: what was held back, and the final books. */
  close(): void {
    for (const child of this.#children) child.close()
    for (const [reason, count] of this.#drops.rest()) {
      this.emit('drop', { handler: this.handler, reason, count } satisfies Drop)
    }
    for (const [kind, count] of this.#failures.rest()) {
      this.notice(`${count} more ${count === 1 ? 'failure' : 'failures'} of kind "${kind}" since the last report`)
    }
    this.state = 'closed'
    this.emit('stats', this.stats)
  }

  get #targetStats(): Pick<Stats, 'targets'> {
    const targets = [...this.#targets].flatMap((stats) => stats() ?? [])
    return targets.length === 0 ? {} : { targets }
  }

  // How many of the records that are settled now have not been written off before.
  #unsettled(count: number): number {
    const late = Math.min(count, this.#writtenOff)
    this.#writtenOff -= late
    return count - late
  }
}

// Straight to the descriptor: a worker's process.stderr goes through the main thread and is lost at process.exit().
function print(text: string): void {
  try {
    writeSync(2, `${text}\n`)
  } catch {
    // There is nobody left to tell.
  }
}
