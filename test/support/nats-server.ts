// A NATS server of the test's own, with JetStream.

import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { OwnServer } from './own-server.js'
import { missingProgram } from './required.js'

/** The reason to skip a test that needs nats-server; false where it is there or has to be. */
export const noNats: string | false = missingProgram('nats-server')

/** How a server differs from one that nobody configured. */
export interface NatsServerOptions {
  /** More lines of its configuration. */
  readonly config?: readonly string[]
  /** It speaks TLS only, as this one. */
  readonly identity?: { readonly key: string; readonly cert: string }
}

/** Starts a NATS server that keeps its streams in a folder of the test's own, stopped after the test. */
export function startNats(t: Pick<TestContext, 'after'>, options: NatsServerOptions = {}): Promise<OwnServer> {
  const { config = [], identity } = options
  return OwnServer.start(t, {
    command: 'nats-server',
    scheme: 'nats',
    args: (file) => ['-c', file],
    files: identity && { 'key.pem': identity.key, 'cert.pem': identity.cert },
    config: (dir, port) => [
      `listen: 127.0.0.1:${port}`,
      `jetstream { store_dir: ${JSON.stringify(join(dir, 'store'))} }`,
      'max_payload: 16MB',
      ...config,
      ...(identity ? [`tls { cert_file: "${dir}/cert.pem", key_file: "${dir}/key.pem" }`] : []),
    ],
  })
}
