// A server that is a bare socket: it sees the bytes, and a test answers them.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

/** Hears what a connection brings, in Latin-1; `connection` counts them from 0. */
export type HearText = (text: string, socket: Socket, connection: number) => void

/** Listens on 127.0.0.1 until the test ends; returns host and port. Clients may end their half and still get an answer. */
export async function tcpServer(t: Pick<TestContext, 'after'>, hear: HearText): Promise<string> {
  const sockets: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = sockets.push(socket) - 1
    socket.on('error', () => {})
    socket.setEncoding('latin1').on('data', (text: string) => hear(text, socket, connection))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
