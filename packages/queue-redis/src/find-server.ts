// Which server has the stream: the one that is given, one of a cluster, or the master that sentinels name.

import { show, toError } from '@pino-handlers/core'
import { createClient } from '@redis/client'
import { type ServerOptions, serverOptions } from './client-options.js'
import type { ClientOptions, RedisClusterOptions, RedisSentinelOptions, RedisSettings } from './options.js'

interface Address {
  readonly host: string
  readonly port: number
}

type Ask = (command: readonly string[]) => Promise<unknown>

/** The options of a client for the server that has the stream now. It may have another one a moment later, and says so then. */
export async function findServer(settings: RedisSettings, over: AbortSignal): Promise<ServerOptions> {
  const { url, client, cluster, sentinel } = settings
  if (cluster) return await findInCluster(settings, cluster, over)
  if (sentinel) return await askSentinels(settings, sentinel, over)
  return serverOptions(settings, { ...client, url })
}

// One that does not have the stream says who does.
async function findInCluster(
  settings: RedisSettings,
  { rootNodes, defaults = {}, nodeAddressMap }: RedisClusterOptions,
  over: AbortSignal,
): Promise<ServerOptions> {
  const nodes = rootNodes.map((node) =>
    serverOptions(settings, { ...defaults, ...node, socket: { ...Object(defaults.socket), ...Object(node.socket) } }),
  )
  return await firstAnswer(nodes, over, async (ask, node) => {
    try {
      await ask(['XLEN', settings.stream])
      return node
    } catch (error) {
      const [, host, port] = /^MOVED \d+ (.*):(\d+)$/.exec(toError(error).message) ?? []
      if (port === undefined) throw error
      // Without a name it is the one that was asked, at another port.
      const address = { host: host || String(Object(node.socket).host), port: Number(port) }
      return serverOptions(settings, atAddress(defaults, mapped(address, nodeAddressMap)))
    }
  })
}

async function askSentinels(
  settings: RedisSettings,
  { name, sentinelRootNodes, sentinelClientOptions = {}, nodeClientOptions = {}, nodeAddressMap }: RedisSentinelOptions,
  over: AbortSignal,
): Promise<ServerOptions> {
  const nodes = sentinelRootNodes.map((node) => serverOptions(settings, atAddress(sentinelClientOptions, node)))
  return await firstAnswer(nodes, over, async (ask) => {
    const master = await ask(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name])
    if (!Array.isArray(master)) throw new Error(`the sentinels know no master ${show(name)}`)
    const address = { host: String(master[0]), port: Number(master[1]) }
    return serverOptions(settings, atAddress(nodeClientOptions, mapped(address, nodeAddressMap)))
  })
}

function atAddress(given: ClientOptions, { host, port }: Address): ClientOptions {
  return { ...given, socket: { ...Object(given.socket), host, port } }
}

function mapped(address: Address, map: RedisClusterOptions['nodeAddressMap']): Address {
  const name = `${address.host}:${address.port}`
  return (typeof map === 'function' ? map(name) : map?.[name]) ?? address
}

// Of all at the same time: some may be gone, or hang.
async function firstAnswer<T>(
  servers: readonly ServerOptions[],
  over: AbortSignal,
  act: (ask: Ask, server: ServerOptions) => Promise<T>,
): Promise<T> {
  const clients = servers.map((server) => createClient(server).on('error', () => {}))
  const end = (): void => {
    for (const client of clients) client.destroy()
  }
  over.addEventListener('abort', end)
  const answers = clients.map(async (client, n) => {
    await client.connect()
    return await act((command) => client.sendCommand(command), servers[n] ?? {})
  })
  try {
    return await Promise.any(answers)
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error
  } finally {
    over.removeEventListener('abort', end)
    end()
  }
}
