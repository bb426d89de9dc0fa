// Where a handler's records come from on the command line.

/** Hands records to a handler. */
export interface Source {
  /** Milliseconds that the records may go on after a first SIGINT or SIGTERM; without it they end with that. */
  readonly grace?: number
  /** How many lines became records, or parts of one. */
  readonly wrapped: number
  /** Resolves when there are no more records, or the signal aborts, and the handler has taken what came. */
  run(signal: AbortSignal): Promise<void>
}
