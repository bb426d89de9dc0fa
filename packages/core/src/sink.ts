// The object that a handler package writes: what to do with a batch.

import type { Batch } from './batch.js'

/** A destination. Every verb may wait by returning a promise; one that does not has nothing to wait for. */
export interface Sink {
  /** The sink settles each record of a batch itself, now or later, through the monitor; without it, a write that returns has delivered. */
  readonly settles?: boolean
  /** Takes a batch; throws or rejects when its records are lost. Called after `close` too, for records that come late. */
  write(batch: Batch): void | Promise<void>
  /**
   * What a writer that can wait had better wait for, although what it has written is taken; asked after each write. In
   * pino's worker the records then wait in the main thread.
   */
  pause?(): Promise<void> | undefined
  /** Resolves when the destination has all that was written. */
  flush?(): void | Promise<void>
  /** The same without waiting, for the last moments of a process. */
  flushSync?(): void
  /** Instead of `flushSync` when the process ends, for a sink that keeps records on purpose: the last moment to settle them. */
  exit?(): void
  /** Does at once what the application asks for by name, such as 'rotate'; what it does not know it ignores. */
  command?(name: string): void
  /** Delivers what is left until `signal` aborts, then lets go of everything; what is still left is counted as dropped. */
  close?(signal: AbortSignal): void | Promise<void>
}
