// Records to the Windows event log.

import {
  type Checks,
  type CommonJs,
  type CommonOptions,
  commonChecks,
  commonDefaults,
  type FunctionOption,
  functionOption,
  Handler,
  HandlerOptionError,
  type LogRecord,
  type OptionTable,
  oneOf,
  optionTable,
  resolveOptions,
  toError,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'
import { defaultFormat } from '@pino-handlers/core/formatter'
import { registerEventSource, unregisterEventSource } from './register.js'
import { loadWindows, type Windows } from './windows.js'
import {
  DEFAULT_DLLNAME,
  EVENT_TYPES,
  type EventSource,
  type EventType,
  ensureSource,
  eventSink,
  getEventType,
  sourceChecks,
  sourceDefaults,
  type Typemap,
  typemapCheck,
  Win32Error,
} from './wire/index.js'

/** Options of {@link ntEventlog}. */
export interface NtEventlogOptions extends CommonOptions, EventSource {
  /** Types of events by level, pino's number or a label; for others the table of levels. Python: `NTEventLogHandler.typemap`. */
  typemap?: Typemap
  /** A record's type, instead of `typemap`. Python: `NTEventLogHandler.getEventType`. */
  getEventType?: FunctionOption<(record: LogRecord) => EventType>
  /** A record's category, from 0 to 65535. Default: 0. Python: `NTEventLogHandler.getEventCategory`. */
  getEventCategory?: FunctionOption<(record: LogRecord) => number>
  /** A record's event id, from 0 to 65535. Default: 1. Python: `NTEventLogHandler.getMessageID`. */
  getMessageID?: FunctionOption<(record: LogRecord) => number>
  /** The insertion strings of a record's event. Default: its text alone, as in Python. */
  strings?: FunctionOption<(record: LogRecord, text: string) => readonly string[]>
  /** The raw data of a record's event: bytes, or a text as UTF-8. Default: none, as in Python. */
  data?: FunctionOption<(record: LogRecord) => Uint8Array | string | null | undefined>
  /** What happens where there is no Windows event log: a warning, nothing, or an error at construction. Python prints a line. */
  onUnsupported?: 'warn' | 'error' | 'silent'
}

const checks = {
  ...sourceChecks,
  typemap: typemapCheck,
  getEventType: functionOption<(record: LogRecord) => EventType>('(record) => type'),
  getEventCategory: functionOption<(record: LogRecord) => number>('(record) => number'),
  getMessageID: functionOption<(record: LogRecord) => number>('(record) => number'),
  strings: functionOption<(record: LogRecord, text: string) => readonly string[]>('(record, text) => string[]'),
  data: functionOption<(record: LogRecord) => Uint8Array | string | null | undefined>('(record) => bytes'),
  onUnsupported: oneOf('warn', 'error', 'silent'),
  ...commonChecks,
} satisfies Checks<NtEventlogOptions>

const defaults = { ...sourceDefaults, onUnsupported: 'warn' as const, ...commonDefaults }

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, { ...defaults, dllname: DEFAULT_DLLNAME })

/**
 * Writes each record as an event, and registers the source if it may; on other systems it discards and counts. Throws a
 * HandlerOptionError for a wrong option. Python: `logging.handlers.NTEventLogHandler`.
 */
export default function ntEventlog(options: NtEventlogOptions): Handler {
  const settings = resolveOptions('nt-eventlog', checks, defaults, options)
  const windows = windowsOrNot(settings.onUnsupported)
  // A line of JSON is nothing to read in Event Viewer: without a formatter it is Python's own.
  const intake = { ...settings, formatter: settings.formatter ?? defaultFormat(), terminator: '' }
  return new Handler({ name: 'nt-eventlog', settings: intake, readsRecords: true }, (monitor) => {
    if ('missing' in windows) {
      if (settings.onUnsupported === 'warn') monitor.notice(`${windows.missing}: records are counted, not written`)
      return { write() {} }
    }
    ensureSource(windows.registry, settings, monitor)
    return eventSink(windows.events, settings, monitor)
  })
}

/** {@link ntEventlog} as a target of `pino.transport()`, with options that are checked at once. */
export function ntEventlogTarget(options: NtEventlogOptions, level?: string): WorkerTarget {
  return workerTarget('nt-eventlog', import.meta.url, { options, level }, () =>
    resolveOptions('nt-eventlog', checks, defaults, options),
  )
}

function windowsOrNot(onUnsupported: 'warn' | 'error' | 'silent'): Windows | { readonly missing: string } {
  try {
    return loadWindows()
  } catch (error) {
    const missing = toError(error).message
    if (onUnsupported !== 'error') return { missing }
    throw new HandlerOptionError(`[nt-eventlog] option "onUnsupported" is 'error', and ${missing}`, { cause: error })
  }
}

export { registerEventSource, unregisterEventSource } from './register.js'
export {
  EVENT_TYPES,
  type EventSource,
  type EventType,
  getEventType,
  type LogType,
  type Typemap,
  Win32Error,
} from './wire/index.js'

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof ntEventlog, typeof import('./index.js')> = Object.assign(ntEventlog, {
  ntEventlog,
  ntEventlogTarget,
  options,
  EVENT_TYPES,
  Win32Error,
  getEventType,
  registerEventSource,
  unregisterEventSource,
})

export { commonJs as 'module.exports', ntEventlog }
