// What the handler does, without Windows: records as events, and events through calls that may be anybody's.

export { type EventSettings, eventMaker, MAX_WORD, type NtEvent } from './event.js'
export { EventLog, type EventLogCalls, type EventLogHandle, Win32Error } from './event-log.js'
export { type EventSinkSettings, eventSink } from './event-sink.js'
export {
  addSource,
  DEFAULT_DLLNAME,
  type EventSource,
  ensureSource,
  type LogType,
  type RegistryCalls,
  registerCommand,
  type SourceSettings,
  type SourceValues,
  sourceChecks,
  sourceDefaults,
  sourceKey,
} from './event-source.js'
export { type Contents, cut, fitContents, MAX_DATA, MAX_STRING, MAX_STRINGS } from './event-text.js'
export {
  EVENT_TYPES,
  type EventType,
  eventTypeNumber,
  eventTypeOf,
  getEventType,
  type Typemap,
  typemapCheck,
} from './event-type.js'
