// The books of a handler and the payloads of its events, as users read them.

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
