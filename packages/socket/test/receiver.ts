// A server in this process that keeps what each of its connections brings.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls'

/** What one connection has brought. */
interface Received {
  readonly data: Buffer
  /** The client has shown a certificate that the server trusts. */
  readonly authorized: boolean
}

/** A server for a handler to send to. */
export interface Receiver {
  /** The handler's options `host` and `port`. */
  readonly address: { readonly host: string; readonly port: number | null }
  /** What has come over the first `count` connections, once all of them are over. */
  ended(count: number): Promise<readonly Received[]>
}

/** Starts a server on a free port or, with `path`, on a Unix socket, secured by `tls`; it stops after the test. */
export async function startReceiver(
  t: Pick<TestContext, 'after'>,
  { path, tls }: { readonly path?: string; readonly tls?: TlsOptions } = {},
): Promise<Receiver> {
  const arrivals: Promise<Received>[] = []
  const connections = new Set<Socket>()
  const server = tls ? createTlsServer(tls) : createServer()
  // What a client does not like is told there.
  server.on('tlsClientError', () => {})
  server.on(tls ? 'secureConnection' : 'connection', (connection: Socket) => {
    connections.add(connection)
    arrivals.push(contents(connection))
    server.emit('arrival')
  })
  server.listen(path === undefined ? { port: 0, host: '127.0.0.1' } : { path })
  await once(server, 'listening')
  t.after(() => {
    for (const connection of connections) connection.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    address: path === undefined ? { host: '127.0.0.1', port } : { host: path, port: null },
    async ended(count) {
      while (arrivals.length < count) await once(server, 'arrival')
      return Promise.all(arrivals.slice(0, count))
    },
  }
}

/** The payloads of frames that follow each other, each behind its length in four bytes. */
export function payloadsOf(data: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at < data.length; ) {
    const end = at + 4 + data.readUInt32BE(at)
    found.push(data.subarray(at + 4, end))
    at = end
  }
  return found
}

function contents(connection: Socket): Promise<Received> {
  const authorized = connection instanceof TLSSocket && connection.authorized
  const chunks: Buffer[] = []
  connection.on('data', (chunk: Buffer) => chunks.push(chunk))
  connection.on('error', () => {})
  return new Promise((resolve) => connection.once('close', () => resolve({ data: Buffer.concat(chunks), authorized })))
}
