// One logger that is to be delivered before the process ends.

import { toError } from '../errors.js'
import { inTime } from '../in-time.js'
import { milliseconds } from '../milliseconds.js'
import { endAll, flushAll, quieten } from './deliver.js'
import { isThread, type LogStream, streamsOf } from './log-stream.js'

/** Why a logger is closed: the signal, what the process would have crashed with, that it has nothing more to do, or `close()`. */
export type ShutdownReason = NodeJS.Signals | 'uncaughtException' | 'unhandledRejection' | 'beforeExit' | 'close'

/** What is asked of a logger; pino's have it. */
export interface ShutdownLogger {
  info(fields: object, text: string): void
  error(error: Error, text: string): void
  fatal(error: Error, text: string): void
}

/** What the application does first. */
export type Before = (reason: ShutdownReason) => unknown

/** A logger with what its application does before it is closed. */
export class Registration {
  /** The events of the process that it wants to hear of. */
  readonly events: readonly string[]
  readonly #logger: ShutdownLogger
  readonly #before: Before | undefined
  readonly #timeout: number
  #prepared: Promise<void> | undefined

  constructor(logger: ShutdownLogger, events: readonly string[], before: Before | undefined, timeout: number) {
    this.#logger = logger
    this.events = events
    this.#before = before
    this.#timeout = milliseconds(timeout)
    streamsOf(logger)
  }

  /** Its streams as of now; more may be added to a multistream at any time. */
  get streams(): readonly LogStream[] {
    return streamsOf(this.#logger)
  }

  /** Logs what happens. A logger that fails, as over an error that cannot be read, is no reason to end in another way. */
  tell(log: (logger: ShutdownLogger) => void): void {
    try {
      log(this.#logger)
    } catch {
      this.#complain('the logger has failed')
    }
  }

  /** Runs the application's own clean-up, once, whatever comes after. Never rejects. */
  prepare(reason: ShutdownReason): Promise<void> {
    this.#prepared ??= this.#prepare(reason)
    return this.#prepared
  }

  /** Runs the clean-up within the time, then ends the streams, within the time again. */
  async end(reason: ShutdownReason, blocking: () => Promise<void>): Promise<void> {
    quieten(this.streams)
    const within = `within ${this.#timeout / 1000} s`
    if (!(await inTime(this.#timeout, this.prepare(reason)))) this.#complain(`before has not ended ${within}`)
    if (await endAll(this.streams, this.#timeout, blocking)) return
    this.#complain(`not all records were delivered ${within}`)
  }

  /**
   * Runs the clean-up when the process has nothing more to do. What a worker has got pino delivers when the process exits,
   * and would keep it alive for a flush; what a handler here has got since then it would not hear of in time.
   */
  async pass(): Promise<void> {
    if (this.#prepared) return
    await this.prepare('beforeExit')
    await flushAll(this.streams.filter((stream) => !isThread(stream)))
  }

  async #prepare(reason: ShutdownReason): Promise<void> {
    try {
      await this.#before?.(reason)
    } catch (error) {
      this.tell((logger) => logger.error(toError(error), 'before has failed'))
    }
  }

  // The logger may be what does not work.
  #complain(what: string): void {
    process.stderr.write(`[graceful-shutdown] ${what}\n`)
  }
}
