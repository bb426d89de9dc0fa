// A connection of a stream client to a server in this process, and what it tells.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import {
  type Connection,
  type Part,
  type StreamTarget,
  streamClient,
  streamClientDefaults,
} from '@pino-handlers/core/net'

/** How a connection ended. */
export interface Closed {
  readonly error: (Error & { readonly code?: string }) | undefined
  readonly taken: number
}

/** A connection on its way. */
export interface Connecting {
  readonly connection: Connection
  readonly opened: Promise<void>
  readonly closed: Promise<Closed>
  readonly idled: Promise<void>
  /** What has been told so far. */
  readonly told: readonly string[]
}

/** Connects to `address`, with `target` over the defaults; lets go of it after the test. */
export function connecting(t: TestContext, target: Partial<StreamTarget> & Pick<StreamTarget, 'address'>): Connecting {
  const told: string[] = []
  const [opened, resolveOpened] = later<void>()
  const [closed, resolveClosed] = later<Closed>()
  const [idled, resolveIdled] = later<void>()
  const connection = streamClient({ ...streamClientDefaults, tls: false, ...target }).connect({
    opened() {
      told.push('opened')
      resolveOpened()
    },
    closed(error, taken) {
      told.push('closed')
      resolveClosed({ error, taken })
    },
    idled() {
      told.push('idled')
      resolveIdled()
    },
    failed() {
      told.push('failed')
    },
  })
  t.after(() => connection.destroy())
  return { connection, opened, closed, idled, told }
}

/** Where a server of this test listens. */
export interface Listening {
  readonly address: { readonly host: string; readonly port: number }
  /** The first connection, on the side of the server. */
  readonly peer: Promise<Socket>
  /** Resolves when the first connection is over, with the text that it got. */
  readonly text: Promise<string>
}

/** Starts a server on 127.0.0.1, a plain one unless there is another, and stops it after the test. */
export async function listening(
  t: TestContext,
  server: Server = createServer(),
  event = 'connection',
): Promise<Listening> {
  const [peer, resolvePeer] = later<Socket>()
  const [text, resolveText] = later<string>()
  const sockets: Socket[] = []
  server.on(event, (socket: Socket) => {
    sockets.push(socket)
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolveText(Buffer.concat(chunks).toString()))
    resolvePeer(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const { port } = server.address() as AddressInfo
  return { address: { host: '127.0.0.1', port }, peer, text }
}

/** Sends texts as one part each; resolves with how many have gone. */
export function send(connection: Connection, ...texts: readonly string[]): Promise<number> {
  const parts: Part[] = texts.map((data) => ({ data, count: 1 }))
  return new Promise((resolve) => connection.send(parts, resolve))
}

/** What a failure says, without what differs between runs. */
export function reason({ error }: Closed): { message: string; code: string | undefined } | undefined {
  return error && { message: error.message, code: error.code }
}

/** A signal that never aborts. */
export const patient: AbortSignal = new AbortController().signal

// Promise.withResolvers, which Node 20 does not have.
function later<T>(): [promise: Promise<T>, resolve: (value: T) => void] {
  let settle: (value: T) => void = () => {}
  const promise = new Promise<T>((resolve) => {
    settle = resolve
  })
  return [promise, (value) => settle(value)]
}
