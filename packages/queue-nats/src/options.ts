// The options of a queue on NATS JetStream.

import { isIPv6 } from 'node:net'
import {
  bytes,
  type Check,
  type Checks,
  flag,
  fromOneSecond,
  isObject,
  name,
  type OptionTable,
  optionTable,
  positiveCount,
  type Size,
  seconds,
  show,
} from '@pino-handlers/core'
import { type TlsOptions, type TlsSettings, tlsCheck } from '@pino-handlers/core/net'

/** Options of the NATS client that are passed on as they are. */
export type ClientOptions = Readonly<Record<string, unknown>>

/** Options of a queue on NATS JetStream. Python: none of them; `queue.Queue` is within one process. */
export interface QueueNatsOptions {
  /** Where the servers of the cluster are: 'nats://host:4222', or several. */
  servers?: string | readonly string[]
  /** How to secure the connection. */
  tls?: boolean | TlsOptions
  /** The path of a file with the user's credentials, as `nsc` writes it. */
  creds?: string
  /** More options for `connect` of @nats-io/transport-node, such as user, pass and token. */
  client?: ClientOptions
  /** The stream, which is made when it is missing. */
  stream?: string
  /** The subject of the stream. Default: the stream's name. */
  subject?: string
  /** The durable consumer that takes, made when it is missing. Each gets everything; those who take from one share it. */
  group?: string
  /** Of a new stream: bytes that it may have which some group has not acknowledged, then it takes nothing more; 0 is no limit. */
  maxBytes?: Size
  /** Of a new stream: seconds after which a batch is dropped that some group has not acknowledged; 0 is never. */
  maxAge?: number
  /** Of a new stream: seconds in which a batch that is put again counts once. */
  duplicateWindow?: number
  /** Of a new stream: servers that have a copy. */
  replicas?: number
  /** Of a new stream: keep it in the memory of the server instead of on its disk. */
  memory?: boolean
  /** Of a new group: batches that may be taken and not acknowledged. 1 keeps the order even when a listener is killed. */
  maxAckPending?: number
  /** Of a new group: seconds after which what a dead listener has left is given to another one. */
  ackWait?: number
  /** Seconds to wait for an answer of the server before the connection is made anew. */
  timeout?: number
}

/** {@link QueueNatsOptions} after their checks. */
export interface NatsSettings {
  readonly servers: readonly string[]
  readonly tls: TlsSettings | false
  readonly creds: string | undefined
  readonly client: ClientOptions
  readonly stream: string
  readonly subject: string | undefined
  readonly group: string
  readonly maxBytes: number
  readonly maxAge: number
  readonly duplicateWindow: number
  readonly replicas: number
  readonly memory: boolean
  readonly maxAckPending: number
  readonly ackWait: number
  readonly timeout: number
}

const servers: Check<readonly string[]> = {
  expected: "a URL such as 'nats://127.0.0.1:4222', or a list of them",
  parse(value, given) {
    const all: unknown = typeof value === 'string' ? [value] : value
    return Array.isArray(all) && all.length > 0 && all.every((each) => isServer(each, given)) ? all : undefined
  },
}

// The client reads no more of a URL than host and port: what else it says would go unheard.
function isServer(value: unknown, { tls }: Readonly<Record<string, unknown>>): value is string {
  const [, scheme, address = ''] = (typeof value === 'string' && /^(?:(nats|tls):\/\/)?([^/]+)\/?$/.exec(value)) || []
  if (!isIPv6(address) && !URL.canParse(`http://${address}`)) return false
  if (address.includes('@'))
    throw new Error(`is ${show(value)}: a user is given as option "client", such as { user: 'logs', pass: 'secret' }`)
  if (scheme === 'tls' && !tls) throw new Error(`is ${show(value)}: TLS is asked for with option "tls"`)
  return true
}

const client: Check<ClientOptions> = {
  expected: "an object such as { user: 'logs', pass: 'secret' }",
  parse: (value) => (isObject(value) ? value : undefined),
}

// What NATS allows in the name of a stream and of a consumer.
const natsName: Check<string> = {
  expected: 'a name without spaces and without any of . * > / \\',
  parse: (value) => (typeof value === 'string' && /^[^\s.*>/\\]+$/.test(value) ? value : undefined),
}

/** The checks of {@link QueueNatsOptions}. */
export const checks: {
  readonly servers: Check<readonly string[]>
  readonly tls: Check<TlsSettings | false>
  readonly creds: Check<string>
  readonly client: Check<ClientOptions>
  readonly stream: Check<string>
  readonly subject: Check<string>
  readonly group: Check<string>
  readonly maxBytes: Check<number>
  readonly maxAge: Check<number>
  readonly duplicateWindow: Check<number>
  readonly replicas: Check<number>
  readonly memory: Check<boolean>
  readonly maxAckPending: Check<number>
  readonly ackWait: Check<number>
  readonly timeout: Check<number>
} = {
  servers,
  tls: tlsCheck,
  creds: name,
  client,
  stream: natsName,
  subject: name,
  group: natsName,
  maxBytes: bytes,
  maxAge: seconds,
  duplicateWindow: seconds,
  replicas: positiveCount,
  memory: flag,
  maxAckPending: positiveCount,
  // Less, and a listener that is only busy loses what it has.
  ackWait: fromOneSecond,
  timeout: fromOneSecond,
} satisfies Checks<QueueNatsOptions>

/** The defaults of {@link QueueNatsOptions}. */
export const defaults: Omit<NatsSettings, 'tls' | 'creds' | 'subject'> & { readonly tls: false } = {
  servers: ['nats://127.0.0.1:4222'],
  tls: false,
  client: {},
  stream: 'pino-handlers',
  group: 'pino-handlers',
  maxBytes: 2 ** 30,
  maxAge: 0,
  duplicateWindow: 120,
  replicas: 1,
  memory: false,
  maxAckPending: 1000,
  ackWait: 30,
  timeout: 30,
}

/** The options as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, { ...defaults })
