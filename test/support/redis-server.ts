// A Redis server of the test's own.

import type { TestContext } from 'node:test'
import { OwnServer } from './own-server.js'
import { missingProgram } from './required.js'

/** The reason to skip a test that needs redis-server; false where it is there or has to be. */
export const noRedis: string | false = missingProgram('redis-server')

/** How a server differs from one that nobody configured. */
export interface RedisServerOptions {
  /** More lines of its configuration. */
  readonly config?: readonly string[]
  /** It speaks TLS only, as this one. */
  readonly identity?: { readonly key: string; readonly cert: string; readonly ca: string }
  /** It is a sentinel, which knows this server under a name; so many sentinels have to agree that it is down. */
  readonly watches?: { readonly name: string; readonly port: number; readonly quorum: number }
}

/** Starts a Redis server whose entries are on the disk before it answers, stopped after the test. */
export function startRedis(t: Pick<TestContext, 'after'>, options: RedisServerOptions = {}): Promise<OwnServer> {
  const { config = [], identity, watches } = options
  return OwnServer.start(t, {
    command: 'redis-server',
    scheme: 'redis',
    args: (file) => (watches ? [file, '--sentinel'] : [file]),
    files: identity && { 'key.pem': identity.key, 'cert.pem': identity.cert, 'ca.pem': identity.ca },
    config: (dir, port) => [
      'bind 127.0.0.1',
      `dir ${dir}`,
      ...(watches
        ? [`sentinel monitor ${watches.name} 127.0.0.1 ${watches.port} ${watches.quorum}`]
        : ['save ""', 'appendonly yes', 'appendfsync always']),
      ...(identity
        ? [
            'port 0',
            `tls-port ${port}`,
            'tls-auth-clients no',
            `tls-cert-file ${dir}/cert.pem`,
            `tls-key-file ${dir}/key.pem`,
            `tls-ca-cert-file ${dir}/ca.pem`,
          ]
        : [`port ${port}`]),
      ...config,
    ],
  })
}
