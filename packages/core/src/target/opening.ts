// Making a target's stream, again when it is of no use any more.

import { toError } from '../errors.js'
import { milliseconds } from '../milliseconds.js'
import { afterFailure, type BackOff, NO_FAILURE, withJitter } from '../net/back-off.js'
import { isMistake } from './blame.js'
import type { TargetSettings } from './options.js'
import type { Target } from './target.js'
import { isSpent, type TargetStream } from './target-stream.js'

/** Who uses an {@link Opening}. */
export interface OpeningUser {
  opened(stream: TargetStream): void
  /** It is opened once more. */
  retried(): void
  /** The target could not be opened. */
  failed(error: Error): void
}

// While closing there is not much time left, in seconds.
const LAST_TRIES = 0.25

// A target that has worked for so many milliseconds starts afresh when it fails.
const HEALTHY = 30_000

/** Opens a target, and says how long it is to be left alone after each failure. */
export class Opening {
  readonly #target: Target
  readonly #settings: TargetSettings
  readonly #user: OpeningUser
  #backOff: BackOff = NO_FAILURE
  #failures = 0
  #openedAt = Number.POSITIVE_INFINITY
  #hurries = false
  #over = false
  #timer: NodeJS.Timeout | undefined
  // Tells an attempt that is under way from those that were given up.
  #attempt = 0
  #underway = false

  constructor(target: Target, settings: TargetSettings, user: OpeningUser) {
    this.#target = target
    this.#settings = settings
    this.#user = user
  }

  /** The stream is being made, which takes its time. */
  get isUnderway(): boolean {
    return this.#underway
  }

  /** It has failed since it began, or had been well for a while. */
  get hasFailed(): boolean {
    return this.#failures > 0
  }

  /** It has failed too often in a row and is left alone for long. */
  get isQuarantined(): boolean {
    return this.#failures > this.#settings.maxRestarts || (this.#failures > 0 && this.#isLost)
  }

  /** Opens the target now. Throws only what is wrong with its options, at the first attempt. */
  open(): void {
    this.#cancel()
    if (this.hasFailed) this.#user.retried()
    let made: TargetStream | Promise<TargetStream> | undefined
    try {
      made = this.#target.stream ?? this.#target.open?.()
    } catch (error) {
      if (!this.hasFailed && isMistake(error)) throw error
      this.#user.failed(toError(error))
      return
    }
    if (made instanceof Promise) this.#await(made)
    else if (made) this.#opened(made)
  }

  /** After a failure: opens it again when it is time. Returns in how many seconds; undefined when it never is. */
  reopenLater(): number | undefined {
    const now = performance.now()
    if (now - this.#openedAt > HEALTHY) {
      this.#failures = 0
      this.#backOff = NO_FAILURE
    }
    this.#openedAt = Number.POSITIVE_INFINITY
    this.#failures++
    this.#backOff = afterFailure(this.#backOff, now / 1000, this.#settings)
    if (this.#over || this.#isLost || (this.#hurries && this.isQuarantined)) return undefined
    const { retryInterval } = this.#settings
    const period = this.isQuarantined ? retryInterval : withJitter(this.#backOff.retryPeriod, Math.random)
    const delay = this.#hurries ? Math.min(period, LAST_TRIES) : period
    this.#timer = setTimeout(() => this.open(), milliseconds(delay))
    if (!this.#hurries) this.#timer.unref()
    return delay
  }

  /** From now on attempts follow each other soon; one that waits is made now. */
  hurry(): void {
    this.#hurries = true
    if (this.#timer && !this.#underway) this.open()
  }

  /** Opens nothing any more. */
  end(): void {
    this.#over = true
    this.#attempt++
    this.#underway = false
    this.#cancel()
  }

  // A stream of the application that has ended, which nobody can open again.
  get #isLost(): boolean {
    return this.#target.stream !== undefined && isSpent(this.#target.stream)
  }

  #opened(stream: TargetStream): void {
    this.#openedAt = performance.now()
    this.#user.opened(stream)
  }

  #await(opening: Promise<TargetStream>): void {
    const { startTimeout } = this.#settings
    const attempt = ++this.#attempt
    // False for an attempt that was given up.
    const settle = (): boolean => {
      if (attempt !== this.#attempt) return false
      this.#attempt++
      this.#underway = false
      this.#cancel()
      return true
    }
    const fail = (error: unknown): void => {
      if (settle()) this.#user.failed(toError(error))
    }
    this.#underway = true
    const late = new Error(`it was not ready within ${startTimeout} s`)
    this.#timer = setTimeout(fail, milliseconds(startTimeout), late).unref()
    opening.then((stream) => {
      if (settle()) this.#opened(stream)
      else discard(stream)
    }, fail)
  }

  #cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

// It came too late and is not needed.
function discard(stream: TargetStream & { on?: unknown; end?: unknown }): void {
  if (typeof stream.on === 'function') stream.on('error', () => {})
  if (typeof stream.end === 'function') stream.end()
}
