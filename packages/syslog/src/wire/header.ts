// What stands before the text of a message, by protocol.

import type { LogRecord } from '@pino-handlers/core'
import type { Protocol } from './framing.js'
import { headerField, identName, MAX_FIELD, shortHostname, tag } from './header-field.js'
import { originReader, textOf } from './origin.js'
import { type PrioritySettings, priorityReader } from './priority.js'
import { type StructuredData, structuredDataReader } from './structured-data.js'
import { rfc3164Time, rfc5424Time } from './timestamp.js'

/** What headers are made of. */
export interface HeaderSettings extends PrioritySettings {
  readonly protocol: Protocol
  /** 'python' puts it before the text as it is; elsewhere it names the program, in place of the logger's name. Default: ''. Python: `SysLogHandler.ident`. */
  readonly ident: string
  /** The binding that is RFC 5424's MSGID. */
  readonly msgId?: string | undefined
  readonly structuredData?: StructuredData | undefined
  /** Begin the text of RFC 5424 with a byte order mark, which says that it is UTF-8. */
  readonly bom: boolean
}

/** Everything before the text of a record's message. */
export type Header = (record: LogRecord) => string

/** Makes the headers of a protocol; `clean` escapes control characters. */
export function headerMaker(
  settings: HeaderSettings,
  clean: (text: string) => string,
  failed: (error: unknown) => void,
): Header {
  const priority = priorityReader(settings, failed)
  switch (settings.protocol) {
    case 'python': {
      const ident = clean(settings.ident)
      return (record) => `<${priority(record)}>${ident}`
    }
    case 'rfc3164':
    case 'local': {
      const time = rfc3164Time()
      const origin = tagMaker(settings)
      return (record) => `<${priority(record)}>${time(record.time)} ${origin(record)}`
    }
    case 'rfc5424': {
      const time = rfc5424Time()
      const origin = fieldsMaker(settings)
      const rest = restMaker(settings, clean)
      return (record) => `<${priority(record)}>1 ${time(record.time)} ${origin(record)} ${rest(record)}`
    }
  }
}

// `HOST TAG[PID]: `; a daemon on the same machine, behind /dev/log, expects no host.
function tagMaker({ protocol, ident }: HeaderSettings): Header {
  const ownName = identName(ident)
  return originReader(({ hostname, pid, name }) => {
    const host = protocol === 'local' ? '' : `${shortHostname(hostname)} `
    const process = pid === '' ? '' : `[${headerField(pid, MAX_FIELD.procId).replace(/[[\]:]/g, '_')}]`
    return `${host}${tag(ownName || name || 'node')}${process}: `
  }, ownName !== '')
}

// `HOSTNAME APP-NAME PROCID`
function fieldsMaker({ ident }: HeaderSettings): Header {
  const ownName = identName(ident)
  return originReader(({ hostname, pid, name }) => {
    const host = headerField(hostname, MAX_FIELD.hostname)
    return `${host} ${headerField(ownName || name, MAX_FIELD.appName)} ${headerField(pid, MAX_FIELD.procId)}`
  }, ownName !== '')
}

// `MSGID STRUCTURED-DATA `, and the mark.
function restMaker({ msgId, structuredData, bom }: HeaderSettings, clean: (text: string) => string): Header {
  const mark = bom ? '\ufeff' : ''
  if (msgId === undefined && !structuredData) return () => `- - ${mark}`
  const data = structuredData ? structuredDataReader(structuredData, clean) : () => '-'
  const id = (record: LogRecord): string => (msgId === undefined ? '' : (textOf(record.get(msgId)) ?? ''))
  return (record) => `${headerField(id(record), MAX_FIELD.msgId)} ${data(record)} ${mark}`
}
