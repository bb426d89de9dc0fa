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

/** Which address to use instead of one that a server names as 'host:port'. */
export type NodeAddressMap =
  | Readonly<Record<string, { readonly host: string; readonly port: number }>>
  | ((address: string) => { readonly host: string; readonly port: number } | undefined)

/** Options of `createCluster` of the client, as far as they have a meaning here. */
export interface RedisClusterOptions {
  /** Some of its servers, such as { url }: one that answers is enough to find the others. */
  readonly rootNodes: readonly ClientOptions[]
  /** Options for `createClient`, for all servers, such as { password }. */
  readonly defaults?: ClientOptions
  /** Which address to use instead of one that a server names. */
  readonly nodeAddressMap?: NodeAddressMap
}

/** Options of `createSentinel` of the client, as far as they have a meaning here. */
export interface RedisSentinelOptions {
  /** The name of the master. */
  readonly name: string
  /** Where the sentinels are. */
  readonly sentinelRootNodes: readonly { readonly host: string; readonly port: number }[]
  /** Options for `createClient`, for the sentinels, such as { password }. */
  readonly sentinelClientOptions?: ClientOptions
  /** Options for `createClient`, for the master, such as { password }. */
  readonly nodeClientOptions?: ClientOptions
  /** Which address to use instead of one that a sentinel names. */
  readonly nodeAddressMap?: NodeAddressMap
}

/** Options of a queue on Redis Streams. Python: none of them; `queue.Queue` is within one process. */
export interface QueueRedisOptions {
  /** Where the server is, and who we are: 'redis://user:password@host:6379/0', with TLS 'rediss://'. */
  url?: string
  /** How to secure the connection; with it 'redis://' is TLS too. */
  tls?: boolean | TlsOptions
  /** More options for `createClient` of @redis/client. */
  client?: ClientOptions
  /** A cluster instead of one server, named as `createCluster` has it. */
  cluster?: RedisClusterOptions
  /** The master that sentinels name instead of one server, as `createSentinel` has it. */
  sentinel?: RedisSentinelOptions
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
  /** Replicas that must have a batch before it counts as put: else it is gone if the server dies before they have it. */
  minReplicas?: number
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
  readonly cluster: RedisClusterOptions | undefined
  readonly sentinel: RedisSentinelOptions | undefined
  readonly stream: string
  readonly group: string
  readonly consumer: string | undefined
  readonly maxLength: number
  readonly overflow: RedisOverflow
  readonly minReplicas: number
  readonly claimAfter: number
  readonly timeout: number
}

const url: Check<string> = {
  expected: "a URL such as 'redis://127.0.0.1:6379' or 'rediss://user:password@host:6379/0'",
  parse: (value) => (isUrl(value) ? value : undefined),
}

function isUrl(value: unknown): value is string {
  return typeof value === 'string' && /^rediss?:\/\//.test(value) && URL.canParse(value)
}

const client: Check<ClientOptions> = {
  expected: 'an object such as { pingInterval: 60_000 }',
  // Each property is the client's to check.
  parse: (value) => (isObject(value) ? value : undefined),
}

const cluster: Check<RedisClusterOptions> = {
  expected: "an object such as { rootNodes: [{ url: 'redis://10.0.0.1:6379' }] }",
  parse(value, given) {
    refuseBoth('sentinel', value, given)
    return isObject(value) && isFilled(value.rootNodes) && value.rootNodes.every(isNode)
      ? only({ ...value, rootNodes: value.rootNodes }, ['rootNodes', 'defaults', 'nodeAddressMap'])
      : undefined
  },
}

const sentinel: Check<RedisSentinelOptions> = {
  expected: "an object such as { name: 'logs', sentinelRootNodes: [{ host: '10.0.0.1', port: 26379 }] }",
  parse(value, given) {
    refuseBoth('cluster', value, given)
    if (!isObject(value) || typeof value.name !== 'string') return undefined
    const { sentinelRootNodes } = value
    if (!isFilled(sentinelRootNodes) || !sentinelRootNodes.every(isAddress)) return undefined
    return only({ ...value, name: value.name, sentinelRootNodes }, [
      'name',
      'sentinelRootNodes',
      'sentinelClientOptions',
      'nodeClientOptions',
      'nodeAddressMap',
    ])
  },
}

function isFilled(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0
}

// Without either the client would ask this machine.
function isNode(value: unknown): value is ClientOptions {
  return isObject(value) && (value.url === undefined ? isObject(value.socket) : isUrl(value.url))
}

function isAddress(value: unknown): value is { readonly host: string; readonly port: number } {
  return isObject(value) && typeof value.host === 'string' && typeof value.port === 'number'
}

function only<T extends object>(value: T, known: readonly string[]): T {
  const stranger = Object.keys(value).find((key) => !known.includes(key))
  if (stranger !== undefined) throw new Error(`has no use for ${show(stranger)}, only for ${known.join(', ')}`)
  return value
}

// Only one of them is possible.
function refuseBoth(other: string, value: unknown, given: Readonly<Record<string, unknown>>): void {
  if (given[other] === undefined) return
  throw new Error(`has no part beside option "${other}", got ${show(value)}: give one of them`)
}

/** The checks of {@link QueueRedisOptions}. */
export const checks: {
  readonly url: Check<string>
  readonly tls: Check<TlsSettings | false>
  readonly client: Check<ClientOptions>
  readonly cluster: Check<RedisClusterOptions>
  readonly sentinel: Check<RedisSentinelOptions>
  readonly stream: Check<string>
  readonly group: Check<string>
  readonly consumer: Check<string>
  readonly maxLength: Check<number>
  readonly overflow: Check<RedisOverflow>
  readonly minReplicas: Check<number>
  readonly claimAfter: Check<number>
  readonly timeout: Check<number>
} = {
  url,
  tls: tlsCheck,
  client,
  cluster,
  sentinel,
  stream: name,
  group: name,
  consumer: name,
  maxLength: count,
  overflow: oneOf('block', 'drop-oldest'),
  minReplicas: count,
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
  minReplicas: 0,
  claimAfter: 30,
  timeout: 30,
} as const

/** The options as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)
