// Records to a syslog daemon, over UDP, TCP, TLS or a Unix socket.

import {
  type Batch,
  bytes,
  type Check,
  type Checks,
  type CommonJs,
  type CommonOptions,
  commonChecks,
  commonDefaults,
  type FunctionOption,
  flag,
  functionOption,
  Handler,
  HandlerOptionError,
  type Monitor,
  name,
  type OptionTable,
  type OutboxOptions,
  oneOf,
  optionTable,
  outboxChecks,
  outboxDefaults,
  type Resolved,
  resolveOptions,
  type Size,
  text,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'
import {
  addressCheck,
  type Part,
  type RetryOptions,
  retryChecks,
  retryDefaults,
  Sender,
  type StreamClientOptions,
  streamClientChecks,
  streamClientDefaults,
  type TlsOptions,
  tlsCheck,
} from '@pino-handlers/core/net'
import { createTransport, isDatagram, type Socktype, socktypeCheck, socktypeFor } from './transport.js'
import {
  type Carrier,
  createEncoder,
  defaultFraming,
  type Encoder,
  type Escape,
  encodePriority,
  FACILITY_NAMES,
  type Framing,
  facilityCheck,
  mapPriority,
  type Oversize,
  PRIORITY_NAMES,
  type Protocol,
  type StructuredData,
  structuredDataCheck,
  withoutExceptions,
} from './wire/index.js'

/** Options of {@link syslog}. */
export interface SyslogOptions extends CommonOptions, OutboxOptions, RetryOptions, StreamClientOptions {
  /** Where the daemon is: [host, port], or the path of its Unix socket such as '/dev/log'. Python: `address`. */
  address?: readonly [host: string, port: number] | string
  /** Which part of the system the messages are from: a name or a number of syslog. Python: `facility`. */
  facility?: string | number
  /** The kind of socket. Default: 'udp', with a path 'unix', which tries datagrams and then a stream. Python: `socktype`. */
  socktype?: Socktype
  /** Secure the connection, with socktype 'tls'; true for Node's defaults. Not in Python. */
  tls?: boolean | TlsOptions
  /** What messages look like. Not in Python. */
  protocol?: Protocol
  /** How a stream shows where a message ends. Default: the protocol's. Not in Python. */
  framing?: Framing
  /** Names the program: with protocol 'python' it stands before the text as it is. Python: `SysLogHandler.ident`. */
  ident?: string
  /** End messages of protocol 'python' with a NUL, unless a framing ends them. Python: `SysLogHandler.append_nul`. */
  appendNul?: boolean
  /** Names the priority for Python's name of a level. Python: `SysLogHandler.mapPriority`. */
  mapPriority?: FunctionOption<(levelname: string) => string>
  /** The structured data of RFC 5424, made of a record's bindings. Not in Python. */
  structuredData?: StructuredData
  /** The binding that is the MSGID of RFC 5424. Not in Python. */
  msgId?: string
  /** Begin the text of RFC 5424 with a byte order mark, which says that it is UTF-8. Not in Python. */
  bom?: boolean
  /** How control characters are written. Default: 'octal', with protocol 'python' 'minimal'. Not in Python. */
  escape?: Escape
  /** Let a formatter append exceptions, as Python does whatever its documentation says. */
  excText?: boolean
  /** The largest message in bytes, without its frame; 0 has no limit. Default: what a datagram of UDP holds, for others 0. Not in Python. */
  maxMessageBytes?: Size
  /** What becomes of a larger one: its text is cut, or sent in pieces that all have the header, or nothing is sent. Not in Python. */
  oversize?: Oversize
}

const checks = {
  address: addressCheck,
  facility: facilityCheck,
  socktype: socktypeCheck,
  tls: onlyWith('socktype', 'tls', tlsCheck),
  protocol: oneOf('python', 'rfc3164', 'rfc5424', 'local'),
  framing: oneOf('octet-counting', 'lf', 'nul', 'none'),
  ident: text,
  appendNul: flag,
  mapPriority: functionOption<(levelname: string) => string>('(levelname) => string'),
  structuredData: onlyWith('protocol', 'rfc5424', structuredDataCheck),
  msgId: onlyWith('protocol', 'rfc5424', name),
  bom: onlyWith('protocol', 'rfc5424', flag),
  escape: oneOf('octal', 'backslash', 'minimal'),
  excText: flag,
  maxMessageBytes: bytes,
  oversize: oneOf('truncate', 'split', 'drop'),
  ...retryChecks,
  ...streamClientChecks,
  ...outboxChecks,
  ...commonChecks,
} satisfies Checks<SyslogOptions>

const defaults = {
  address: { host: 'localhost', port: 514 },
  // Python: LOG_USER.
  facility: 1,
  protocol: 'python' as const,
  ident: '',
  appendNul: true,
  bom: false,
  excText: true,
  oversize: 'truncate' as const,
  ...retryDefaults,
  ...streamClientDefaults,
  ...outboxDefaults,
  ...commonDefaults,
}

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, { ...defaults, address: ['localhost', 514] })

// 64 KiB, less what UDP and IP need.
const LARGEST_OF_UDP = 65_507

/**
 * Sends records to a syslog daemon, as Python does or by RFC 3164 and RFC 5424. It connects with the first record; what
 * cannot be sent waits within bounds. Times are seconds, sizes are bytes. Throws a HandlerOptionError for a wrong option.
 * Python: `logging.handlers.SysLogHandler`.
 */
export default function syslog(options?: SyslogOptions): Handler {
  const given = resolve(options)
  const { socktype, protocol, appendNul, excText } = given
  const { maxMessageBytes = socktype === 'udp' ? LARGEST_OF_UDP : 0 } = given
  const transport = createTransport(given)
  function makeEncoder(carrier: Carrier, monitor: Monitor): Encoder {
    const separate = carrier === 'datagram'
    const framing = separate ? 'none' : (given.framing ?? defaultFraming(protocol, carrier, appendNul))
    return createEncoder({ ...given, framing, separate, maxMessageBytes }, monitor)
  }
  const settings = { ...(excText ? given : withoutExceptions(given)), terminator: '' }
  return new Handler({ name: 'syslog', settings, readsRecords: true }, (monitor) => {
    // Made with the first records, when it is known what carries them, which does not change any more.
    let encoder: Encoder | undefined
    function encode(batch: Batch): readonly Part[] {
      encoder ??= makeEncoder(transport.carrier, monitor)
      return encoder(batch)
    }
    return new Sender(transport.client, encode, given, monitor)
  })
}

/** {@link syslog} as a target of `pino.transport()`, with options that are checked at once. */
export function syslogTarget(options?: SyslogOptions, level?: string): WorkerTarget {
  return workerTarget('syslog', import.meta.url, { options, level }, () => resolve(options))
}

function resolve(
  options: SyslogOptions | undefined,
): Resolved<typeof checks, typeof defaults> & { readonly socktype: Socktype } {
  const given = resolveOptions('syslog', checks, defaults, options)
  const { socktype = socktypeFor(given.address) } = given
  if (socktype === 'tls' && given.tls === false) throw wrong('tls', "is false, but socktype is 'tls'")
  if (isDatagram(socktype) && (given.framing ?? 'none') !== 'none')
    throw wrong('framing', `is for streams, and socktype '${socktype}' has a datagram for each message`)
  if (!given.excText && !given.formatter)
    throw wrong('excText', 'needs a formatter: without one a record is the line that pino wrote, with its err')
  return { ...given, socktype }
}

// An option that says something only beside a certain value of another one.
function onlyWith<T>(option: keyof SyslogOptions, wanted: string, check: Check<T>): Check<T> {
  return {
    ...check,
    parse(value, given) {
      const parsed = check.parse(value, given)
      if (parsed !== false && parsed !== undefined && given[option] !== wanted)
        throw new Error(`needs ${option}: '${wanted}'`)
      return parsed
    },
  }
}

function wrong(option: keyof SyslogOptions, words: string): HandlerOptionError {
  return new HandlerOptionError(`[syslog] option "${option}" ${words}`)
}

export type { Socktype } from './transport.js'
export {
  type Escape,
  encodePriority,
  FACILITY_NAMES,
  type Framing,
  mapPriority,
  type Oversize,
  PRIORITY_NAMES,
  type Protocol,
  type StructuredData,
} from './wire/index.js'

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof syslog, typeof import('./index.js')> = Object.assign(syslog, {
  syslog,
  syslogTarget,
  options,
  FACILITY_NAMES,
  PRIORITY_NAMES,
  encodePriority,
  mapPriority,
})

export { commonJs as 'module.exports', syslog }
