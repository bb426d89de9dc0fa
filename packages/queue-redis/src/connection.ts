// A connection to Redis: one server, a cluster, or what sentinels say is the master.

import { show } from '@pino-handlers/core'
import { tlsConnectOptions } from '@pino-handlers/core/net'
import type { EngineCalls } from '@pino-handlers/core/queue'
import {
  createClient,
  createCluster,
  createSentinel,
  type RedisClientOptions,
  type RedisClusterOptions,
  type RedisFunctions,
  type RedisModules,
  type RedisScripts,
  type RedisSentinelOptions,
} from '@redis/client'
import { inWords } from './error-words.js'
import type { ClientOptions, RedisSettings } from './options.js'

// The client with the second version of the protocol.
type Client2 = RedisClientOptions<RedisModules, RedisFunctions, RedisScripts, 2>
type Cluster2 = RedisClusterOptions<RedisModules, RedisFunctions, RedisScripts, 2>
type Sentinel2 = RedisSentinelOptions<RedisModules, RedisFunctions, RedisScripts, 2>

/** A command with its arguments. */
export type Command = readonly string[]

/** What the queue does with Redis. Replies are as the second version of its protocol has them. */
export interface RedisConnection {
  send(command: Command): Promise<unknown>
  /** All commands or none, and nobody's in between. */
  transact(commands: readonly Command[]): Promise<readonly unknown[]>
  destroy(): void
  hold(holds: boolean): void
}

/** How to connect to what the settings name. */
export function connectionCalls(settings: RedisSettings): EngineCalls<RedisConnection> {
  return {
    async connect(lost) {
      try {
        return await connect(settings, lost)
      } catch (error) {
        throw inWords(error)
      }
    },
    destroy: (connection) => connection.destroy(),
    hold: (connection, holds) => connection.hold(holds),
  }
}

/** The stream and where it is, in messages, without passwords. */
export function labelOf({ url, stream, cluster, sentinel }: RedisSettings): string {
  const where = cluster ? 'in a cluster' : sentinel ? `of sentinel ${show(sentinel.name)}` : `at ${new URL(url).host}`
  return `redis stream ${show(stream)} ${where}`
}

function connect(settings: RedisSettings, lost: (reason?: unknown) => void): Promise<RedisConnection> {
  if (settings.cluster) return connectCluster(settings, settings.cluster, lost)
  if (settings.sentinel) return connectSentinel(settings.sentinel, lost)
  return connectClient(settings, lost)
}

async function connectClient(settings: RedisSettings, lost: (reason?: unknown) => void): Promise<RedisConnection> {
  const client = createClient(clientOptions(settings))
  let failure: unknown
  client.on('error', (error) => {
    failure ??= error
    lost(inWords(error))
  })
  await client.connect().catch((error) => {
    throw failure ?? error
  })
  return {
    send: (command) => told(client.sendCommand(command)),
    async transact(commands) {
      const multi = client.multi()
      for (const command of commands) multi.addCommand([...command])
      return asReplies(await told(multi.exec()))
    },
    destroy: () => client.destroy(),
    hold: (holds) => (holds ? client.ref() : client.unref()),
  }
}

// A cluster finds out by itself where the stream is now.
async function connectCluster(
  { stream }: RedisSettings,
  given: ClientOptions,
  lost: (reason?: unknown) => void,
): Promise<RedisConnection> {
  const cluster = createCluster(asClusterOptions(given))
  cluster.on('error', (error) => lost(inWords(error)))
  await cluster.connect()
  return {
    send: (command) => told(cluster.sendCommand(stream, false, [...command])),
    async transact(commands) {
      const multi = cluster.multi(stream)
      for (const command of commands) multi.addCommand(stream, false, [...command])
      return asReplies(await told(multi.exec()))
    },
    destroy: () => cluster.destroy(),
    hold() {},
  }
}

async function connectSentinel(given: ClientOptions, lost: (reason?: unknown) => void): Promise<RedisConnection> {
  const sentinel = createSentinel(asSentinelOptions(given))
  sentinel.on('error', (error) => lost(inWords(error)))
  await sentinel.connect()
  return {
    send: (command) => told(sentinel.sendCommand(false, [...command])),
    async transact(commands) {
      const multi = sentinel.multi()
      for (const command of commands) multi.addCommand(false, [...command])
      return asReplies(await told(multi.exec()))
    },
    // Whoever waits for what was under way hears of it by itself.
    destroy: () => void sentinel.destroy().catch(() => {}),
    hold() {},
  }
}

function clientOptions({ url, tls, client, timeout }: RedisSettings): Client2 {
  return asClientOptions({
    // A connection that broke is made anew by whoever needs it, and what was not sent is kept by whoever has it.
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    ...client,
    // The client speaks TLS if its URL says so.
    url: tls ? url.replace(/^redis:/, 'rediss:') : url,
    socket: {
      ...(timeout > 0 && { connectTimeout: timeout * 1000 }),
      ...(tls && tlsConnectOptions(tls)),
      ...Object(client.socket),
      reconnectStrategy: false,
    },
  })
}

async function told<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply
  } catch (error) {
    throw inWords(error)
  }
}

// The options of the client are its own to check.
function asClientOptions(given: ClientOptions): Client2 {
  return { ...given, RESP: 2 } as Client2
}

function asClusterOptions(given: ClientOptions): Cluster2 {
  return { ...given, RESP: 2 } as Cluster2
}

function asSentinelOptions(given: ClientOptions): Sentinel2 {
  return { ...given, RESP: 2 } as Sentinel2
}

function asReplies(replies: unknown): readonly unknown[] {
  return Array.isArray(replies) ? replies : []
}
