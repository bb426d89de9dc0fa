// The source of events in Windows' registry, where Event Viewer finds the texts of its messages.

import { type Check, type Checks, type Monitor, required } from '@pino-handlers/core'
import { Win32Error } from './event-log.js'

/** A source of events: whose they are, in which log, and where their texts are. */
export interface EventSource {
  /** The name under which events are written. Python: `appname`. */
  appname: string
  /** The message file. Default: EventCreate.exe of Windows, whose messages 1 to 1000 are the event's text. Python: `dllname`. */
  dllname?: string
  /** The log: one of Windows', or one of your own, which Windows makes. Python: `logtype`. */
  logtype?: LogType
}

/** The name of an event log. */
export type LogType = 'Application' | 'System' | 'Security' | (string & {})

/** The message file that every Windows has. Python has one of pywin32, win32service.pyd. */
export const DEFAULT_DLLNAME: string = String.raw`%SystemRoot%\System32\EventCreate.exe`

const nameCheck: Check<string> = {
  expected: 'a non-empty string without NULs',
  parse: (value) => (typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined),
}

/** The checks of {@link EventSource}. */
export const sourceChecks: {
  readonly appname: Check<string> & { readonly required: true }
  readonly dllname: Check<string>
  readonly logtype: Check<LogType>
} = {
  appname: required(nameCheck),
  dllname: nameCheck,
  logtype: { ...nameCheck, expected: "'Application' | 'System' | 'Security', or the name of a log of your own" },
} satisfies Checks<EventSource>

/** The defaults of {@link EventSource}. */
export const sourceDefaults: { readonly logtype: LogType } = { logtype: 'Application' }

/** A source after its checks. */
export interface SourceSettings {
  readonly appname: string
  readonly dllname?: string | undefined
  readonly logtype: LogType
}

/** What the registry holds of a source. */
export interface SourceValues {
  readonly EventMessageFile: string
  /** Bits of the types that there are events of. */
  readonly TypesSupported: number
}

/** What is done to keys below HKEY_LOCAL_MACHINE. Each throws a {@link Win32Error} when Windows refuses. */
export interface RegistryCalls {
  /** The source's message file; undefined when there is no such source, or nobody may look. */
  messageFile(key: string): string | undefined
  /** Makes the key if need be. */
  setSource(key: string, values: SourceValues): void
  /** Removes the key, unless there is none. */
  removeSource(key: string): void
}

/** The key of a source below HKEY_LOCAL_MACHINE. */
export function sourceKey({ appname, logtype }: SourceSettings): string {
  return `SYSTEM\\CurrentControlSet\\Services\\EventLog\\${logtype}\\${appname}`
}

/** Writes a source to the registry, over what is there. Python: `win32evtlogutil.AddSourceToRegistry`. */
export function addSource(calls: RegistryCalls, source: SourceSettings): void {
  const { dllname = DEFAULT_DLLNAME } = source
  calls.setSource(sourceKey(source), { EventMessageFile: dllname, TypesSupported: ERROR_WARNING_INFORMATION })
}

/**
 * Registers a source that is not registered yet, or has another message file than `dllname` names. Not being allowed to
 * is told once, with the command for somebody who is; another failure is reported. Neither keeps events from being
 * written. Python: the constructor of `NTEventLogHandler`.
 */
export function ensureSource(calls: RegistryCalls, source: SourceSettings, monitor: Monitor): void {
  const registered = calls.messageFile(sourceKey(source))
  if (registered !== undefined && registered === (source.dllname ?? registered)) return
  try {
    addSource(calls, source)
  } catch (error) {
    const denied = error instanceof Win32Error && error.winerror === ERROR_ACCESS_DENIED
    if (!denied) {
      // When the handler is made there is nobody yet who could listen.
      process.nextTick(() => monitor.failure('register', error))
    } else if (registered === undefined) {
      const what = `the source "${source.appname}" is not registered, so Event Viewer shows its texts with an excuse`
      monitor.notice(`${what}; an administrator can mend that with: ${registerCommand(source)}`)
    }
  }
}

/** The command that registers a source, for an administrator's command prompt. */
export function registerCommand(source: SourceSettings): string {
  const { dllname = DEFAULT_DLLNAME } = source
  const key = quoted(`HKLM\\${sourceKey(source)}`)
  return `reg add ${key} /v EventMessageFile /t REG_EXPAND_SZ /d ${quoted(dllname)} /f`
}

const ERROR_ACCESS_DENIED = 5

// Python's `eventLogFlags`.
const ERROR_WARNING_INFORMATION = 7

function quoted(text: string): string {
  return `"${text.replaceAll('"', String.raw`\"`)}"`
}
