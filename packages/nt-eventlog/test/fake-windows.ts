// The calls of Windows, which remember what they were asked, and fail when they are told to.

import {
  type EventLogCalls,
  type EventLogHandle,
  type NtEvent,
  type RegistryCalls,
  type SourceValues,
  Win32Error,
} from '@pino-handlers/nt-eventlog/wire'

/** An event that was written, and under which name. */
export type Written = NtEvent & { readonly source: string }

/** The registry and the event log of a Windows of its own. */
export class FakeWindows implements EventLogCalls, RegistryCalls {
  readonly sources = new Map<string, SourceValues>()
  readonly events: Written[] = []
  /** The calls in their order, without what reads the registry. */
  readonly calls: string[] = []
  /** Win32 errors by call; a function decides at each. */
  readonly fail: { [call: string]: number | (() => number | undefined) | undefined } = {}
  readonly #open = new Map<EventLogHandle, string>()
  #last = 0x1000

  /** Handles that were not given back. */
  get open(): number {
    return this.#open.size
  }

  /** Makes every handle useless, as when the service was started again. */
  loseHandles(): void {
    this.#open.clear()
  }

  registerEventSource(source: string): EventLogHandle {
    this.#call('registerEventSource')
    this.#last++
    this.#open.set(this.#last, source)
    return this.#last
  }

  reportEvent(handle: EventLogHandle, event: NtEvent): void {
    this.#call('reportEvent')
    const source = this.#open.get(handle)
    if (source === undefined) throw new Win32Error('ReportEventW', 6, 'The handle is invalid.')
    this.events.push({ source, ...event })
  }

  deregisterEventSource(handle: EventLogHandle): void {
    this.#call('deregisterEventSource')
    if (!this.#open.delete(handle)) throw new Win32Error('DeregisterEventSource', 6, 'The handle is invalid.')
  }

  messageFile(key: string): string | undefined {
    return this.sources.get(key)?.EventMessageFile
  }

  setSource(key: string, values: SourceValues): void {
    this.#call('setSource', key)
    this.sources.set(key, values)
  }

  removeSource(key: string): void {
    this.#call('removeSource', key)
    this.sources.delete(key)
  }

  #call(name: string, ...rest: readonly string[]): void {
    this.calls.push([name, ...rest].join(' '))
    const failing = this.fail[name]
    const winerror = typeof failing === 'function' ? failing() : failing
    if (winerror !== undefined) throw new Win32Error(name, winerror, 'It was told to.')
  }
}
