// A connection to the Redis server that has the stream.

import { show } from '@pino-handlers/core'
import type { EngineCalls } from '@pino-handlers/core/queue'
import { createClient } from '@redis/client'
import { inWords } from './error-words.js'
import { findServer } from './find-server.js'
import type { RedisSettings } from './options.js'

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
    async connect(lost, over) {
      try {
        return await connect(settings, lost, over)
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

// One to one server, also in a cluster and with sentinels: when another one has the stream, that is an error as others
// are, and the next connection finds it.
async function connect(
  settings: RedisSettings,
  lost: (reason?: unknown) => void,
  over: AbortSignal,
): Promise<RedisConnection> {
  const client = createClient(await findServer(settings, over))
  let failure: unknown
  client.on('error', (error) => {
    failure ??= error
    lost(inWords(error))
  })
  const end = (): void => client.destroy()
  over.addEventListener('abort', end)
  await client
    .connect()
    .catch((error) => {
      throw failure ?? error
    })
    .finally(() => over.removeEventListener('abort', end))
  return {
    send: (command) => told(client.sendCommand(command)),
    async transact(commands) {
      const multi = client.multi()
      for (const command of commands) multi.addCommand([...command])
      return asReplies(await told(multi.exec()))
    },
    destroy: end,
    hold: (holds) => (holds ? client.ref() : client.unref()),
  }
}

async function told<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply
  } catch (error) {
    throw inWords(error)
  }
}

function asReplies(replies: unknown): readonly unknown[] {
  return Array.isArray(replies) ? replies : []
}
