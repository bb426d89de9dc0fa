// What a handler tells about itself: its books, its state, its failures.

import { writeSync } from 'node:fs'
import { toError } from './errors.js'
import { inPinoWorker, postToMainThread } from './pino-thread.js'
import { recordCount } from './record-count.js'

/**
 * How a handler stands with its destination: 'connecting' to it for the first time, 'degraded' while it cannot be reached,
 * 'failed' when that will not change by itself, as with a wrong certificate.
 */
export type State = 'connecting' | 'open' | 'degraded' | 'failed' | 'closed'

/** What a failure at run time does. Python: `Handler.handleError` prints to stderr. */
export type OnError = 'print' | 'ignore' | 'throw'

/** A handler's books: received = delivered + dropped + deadLettered + invalid + queued. */
export interface Stats {
  readonly handler: string
  readonly state: State
  /** Records taken in, after `level` and `filter`. */
  readonly received: number
  /** Records that the destination has. */
  readonly delivered: number
  /** Records lost, by reason. */
  readonly dropped: Readonly<Record<string, number>>
  /** Records put aside in a file of their own. */
  readonly deadLettered: number
  /** Records that could not be put into the form that the destination takes. */
  readonly invalid: number
  /** Records taken in and not yet settled. */
  readonly queued: number
  /** Records that `level`, `filter` or `prepare` kept out; not part of `received`. */
  readonly filtered: number
  /** Bytes that the destination has. */
  readonly bytes: number
  /** Attempts after a failure. */
  readonly retries: number
  readonly lastError: string | null
  /** The books of what the handler writes to, if those are handlers or kept by it. */
  readonly targets?: readonly Stats[]
}

/** Payload of the `failure` event: one for the first of a kind, then at most one in 30 seconds. */
export interface Failure {
  readonly handler: string
  /** What went wrong, in a word: `write`, `open`, `format`, `encode`, ... */
  readonly kind: string
  readonly message: string
  readonly code: string | null
  /** Failures of this kind since the last event. */
  readonly count: number
}

/** Payload of the `drop` event, at most one a second per reason. */
export interface Drop {
  readonly handler: string
  readonly reason: string
  readonly count: number
}

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

// Saying something often without repeating it.
/** Lets each key through once an interval and counts the rest. */
class Throttle {
  readonly #interval: number
  readonly #keys = new Map<string, { at: number; held: number }>()

  /** @param interval in milliseconds */
  constructor(interval: number) {
    this.#interval = interval
  }

  /** How many were held back since `key` was last let through, plus this one's `amount`; undefined while it is held back. */
  pass(key: string, amount: number, now: number): number | undefined {
    const state = this.#keys.get(key)
    if (state && now - state.at < this.#interval) {
      state.held += amount
      return undefined
    }
    this.#keys.set(key, { at: now, held: 0 })
    return amount + (state?.held ?? 0)
  }

  /** What is still held back, by key; it counts as said afterwards. */
  rest(): ReadonlyMap<string, number> {
    const rest = new Map<string, number>()
    for (const [key, state] of this.#keys) {
      if (state.held > 0) rest.set(key, state.held)
      state.held = 0
    }
    return rest
  }
}
