// The options of a queue on Redis Streams.

import {
  type Check,
  type Checks,
  count,
  fromOneSecond,
  isObject,
  name,
  type OptionTable,
  oneOf,
  optionTable,
  seconds,
  show,
} from '@pino-handlers/core'
import { type TlsOptions, type TlsSettings, tlsCheck } from '@pino-handlers/core/net'

/** What happens when the stream is full: nothing more goes in, or the oldest batches go. */
export type RedisOverflow = 'block' | 'drop-oldest'

/** Options of the Redis client that are passed on as they are. */
export type ClientOptions = Readonly<Record<string, unknown>>

/** Options of a queue on Redis Streams. Python: none of them; `queue.Queue` is within one process. */
export interface QueueRedisOptions {
  /** Where the server is, and who we are: 'redis://user:password@host:6379/0', with TLS 'rediss://'. */
  url?: string
  /** How to secure the connection; with it 'redis://' is TLS too. */
  tls?: boolean | TlsOptions
  /** More options for `createClient` of @redis/client. */
  client?: ClientOptions
  /** A cluster instead of one server: options for `createCluster`, such as { rootNodes: [{ url }] }. */
  cluster?: ClientOptions
  /** Sentinels instead of one server: options for `createSentinel`, such as { name, sentinelRootNodes: [{ host, port }] }. */
  sentinel?: ClientOptions
  /** The key of the stream. */
  stream?: string
  /** The consumer group that takes. Each group gets everything; those who take in one group share it. */
  group?: string
  /** The name of the one who takes, which nobody else in the group has. One that it keeps lets it go on where it was killed. */
  consumer?: string
  /** Batches that the stream may have which some group has not acknowledged; 0 is no limit. */
  maxLength?: number
  /** What happens when it has so many: 'block' puts nothing more until something was acknowledged. */
  overflow?: RedisOverflow
  /** Seconds after which what a dead listener has left is given to another one. */
  claimAfter?: number
  /** Seconds to wait for an answer of the server before the connection is made anew; 0 waits for ever. */
  timeout?: number
}

/** {@link QueueRedisOptions} after their checks. */
export interface RedisSettings {
  readonly url: string
  readonly tls: TlsSettings | false
  readonly client: ClientOptions
  readonly cluster: ClientOptions | undefined
  readonly sentinel: ClientOptions | undefined
  readonly stream: string
  readonly group: string
  readonly consumer: string | undefined
  readonly maxLength: number
  readonly overflow: RedisOverflow
  readonly claimAfter: number
  readonly timeout: number
}

const url: Check<string> = {
  expected: "a URL such as 'redis://127.0.0.1:6379' or 'rediss://user:password@host:6379/0'",
  parse: (value) =>
    typeof value === 'string' && /^rediss?:\/\//.test(value) && URL.canParse(value) ? value : undefined,
}

function clientOptions(example: string): Check<ClientOptions> {
  return {
    expected: `an object such as ${example}`,
    // Each property is the client's to check.
    parse: (value) => (isObject(value) ? value : undefined),
  }
}

/** What only one of is possible. */
function oneServer(check: Check<ClientOptions>, other: string): Check<ClientOptions> {
  return {
    expected: check.expected,
    parse(value, given) {
      if (given[other] !== undefined)
        throw new Error(`has no part beside option "${other}", got ${show(value)}: give one of them`)
      return check.parse(value, given)
    },
  }
}

/** The checks of {@link QueueRedisOptions}. */
export const checks: {
  readonly url: Check<string>
  readonly tls: Check<TlsSettings | false>
  readonly client: Check<ClientOptions>
  readonly cluster: Check<ClientOptions>
  readonly sentinel: Check<ClientOptions>
  readonly stream: Check<string>
  readonly group: Check<string>
  readonly consumer: Check<string>
  readonly maxLength: Check<number>
  readonly overflow: Check<RedisOverflow>
  readonly claimAfter: Check<number>
  readonly timeout: Check<number>
} = {
  url,
  tls: tlsCheck,
  client: clientOptions('{ pingInterval: 60_000 }'),
  cluster: oneServer(clientOptions("{ rootNodes: [{ url: 'redis://10.0.0.1:6379' }] }"), 'sentinel'),
  sentinel: oneServer(
    clientOptions("{ name: 'logs', sentinelRootNodes: [{ host: '10.0.0.1', port: 26379 }] }"),
    'cluster',
  ),
  stream: name,
  group: name,
  consumer: name,
  maxLength: count,
  overflow: oneOf('block', 'drop-oldest'),
  // Less, and a listener that is only busy loses what it has.
  claimAfter: fromOneSecond,
  timeout: seconds,
} satisfies Checks<QueueRedisOptions>

/** The defaults of {@link QueueRedisOptions}. */
export const defaults = {
  url: 'redis://127.0.0.1:6379',
  tls: false,
  client: {},
  stream: 'pino-handlers',
  group: 'pino-handlers',
  maxLength: 100_000,
  overflow: 'block',
  claimAfter: 30,
  timeout: 30,
} as const

/** The options as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)
