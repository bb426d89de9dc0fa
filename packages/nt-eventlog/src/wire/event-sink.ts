// The sink of the handler: each record an event, written at once.

import type { Batch, Monitor, Sink } from '@pino-handlers/core'
import { type EventSettings, eventMaker, type NtEvent } from './event.js'
import { EventLog, type EventLogCalls } from './event-log.js'

/** What an {@link eventSink} needs to know. */
export interface EventSinkSettings extends EventSettings {
  /** The name of the source. */
  readonly appname: string
}

/** A sink that writes records through `calls`, which wait for Windows but for nothing else. */
export function eventSink(calls: EventLogCalls, settings: EventSinkSettings, monitor: Monitor): Sink {
  const log = new EventLog(calls, settings.appname)
  const eventOf = eventMaker(settings, (error) => monitor.failure('event', error))
  const retrying = (): void => monitor.retried()

  function report(event: NtEvent): void {
    try {
      log.report(event, retrying)
    } catch (error) {
      tellState('degraded')
      monitor.dropped(1, 'failed')
      monitor.failure('write', error)
      return
    }
    tellState('open')
    monitor.delivered(1, sizeOf(event))
  }

  function tellState(state: 'open' | 'degraded'): void {
    if (monitor.state !== 'closed') monitor.state = state
  }

  return {
    settles: true,
    write({ records, entries }: Batch) {
      for (const [index, record] of records.entries()) report(eventOf(record, entries[index] ?? ''))
      // Records that come late must not leave the log open.
      if (monitor.state === 'closed') log.close()
    },
    close: () => log.close(),
  }
}

// Windows holds strings in UTF-16.
function sizeOf({ strings, data }: NtEvent): number {
  return strings.reduce((sum, text) => sum + 2 * text.length, data?.length ?? 0)
}
