// Options of the client for one server.

import { tlsConnectOptions } from '@pino-handlers/core/net'
import type { RedisClientOptions, RedisFunctions, RedisModules, RedisScripts } from '@redis/client'
import type { ClientOptions, RedisSettings } from './options.js'

/** Options of the client, with the second version of the protocol. */
export type ServerOptions = RedisClientOptions<RedisModules, RedisFunctions, RedisScripts, 2>

/** The options that are given, and what the settings say of every connection. */
export function serverOptions(
  { tls, timeout }: RedisSettings,
  { url, socket, ...given }: ClientOptions,
): ServerOptions {
  return asServerOptions({
    // A connection that broke is made anew by whoever needs it, and what was not sent is kept by whoever has it.
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    ...given,
    // The client wants the URL to say so, too.
    ...(url !== undefined && { url: tls ? String(url).replace(/^redis:/, 'rediss:') : url }),
    socket: {
      ...(timeout > 0 && { connectTimeout: timeout * 1000 }),
      ...(tls && { tls: true, ...tlsConnectOptions(tls) }),
      ...Object(socket),
      reconnectStrategy: false,
    },
  })
}

// The options of the client are its own to check.
function asServerOptions(given: ClientOptions): ServerOptions {
  return { ...given, RESP: 2 } as ServerOptions
}
