// One source of the event log, open while there is something to write.

import type { NtEvent } from './event.js'

/** What RegisterEventSourceW returns. */
export type EventLogHandle = number | bigint

/** The calls of Windows that write events. Each throws a {@link Win32Error} when Windows refuses. */
export interface EventLogCalls {
  registerEventSource(source: string): EventLogHandle
  reportEvent(handle: EventLogHandle, event: NtEvent): void
  deregisterEventSource(handle: EventLogHandle): void
}

/** Windows refuses a call. `code` is 'WIN32_' and the number, `winerror` is the number. Python: `OSError.winerror`. */
export class Win32Error extends Error {
  override readonly name = 'Win32Error'
  readonly winerror: number
  readonly code: string

  /** @param words what Windows says of the number */
  constructor(call: string, winerror: number, words: string) {
    super(`${call}: ${words} (Win32 error ${winerror})`)
    this.winerror = winerror
    this.code = `WIN32_${winerror}`
  }
}

/** Writes events under the name of a source. Python: `win32evtlogutil.ReportEvent`, which opens the log for each event. */
export class EventLog {
  readonly #calls: EventLogCalls
  readonly #source: string
  #handle: EventLogHandle | undefined

  constructor(calls: EventLogCalls, source: string) {
    this.#calls = calls
    this.#source = source
  }

  /**
   * Writes an event, opening the log if need be. When that fails with a log that was opened, `retrying` is called, the
   * log is opened again and the event written again, once; what this throws is thrown.
   */
  report(event: NtEvent, retrying: () => void): void {
    const handle = this.#open()
    try {
      this.#calls.reportEvent(handle, event)
    } catch {
      retrying()
      this.#forget()
      this.#calls.reportEvent(this.#open(), event)
    }
  }

  /** Lets go of the log; it is opened again by the next event. Throws when Windows refuses. */
  close(): void {
    const handle = this.#handle
    this.#handle = undefined
    if (handle !== undefined) this.#calls.deregisterEventSource(handle)
  }

  #open(): EventLogHandle {
    this.#handle ??= this.#calls.registerEventSource(this.#source)
    return this.#handle
  }

  #forget(): void {
    try {
      this.close()
    } catch {
      // A handle that was lost cannot be given back.
    }
  }
}
