// @pino-handlers/socket: lines to a server that is not there yet when the shop opens, and pickles as for Python's.

import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { SocketOptions } from '@pino-handlers/socket'
import type { Destination, Row } from '../row.js'

// Milliseconds until the server of the lines is started.
const LATE = 500

export const socketLines: Row = {
  handler: 'socket, its server late',
  start(dir) {
    const host = process.platform === 'win32' ? String.raw`\\.\pipe\pino-handlers-demo` : join(dir, 'socket')
    const options: SocketOptions = { host, port: null, format: 'ndjson', retryStart: 0.1 }
    const { server, received } = receiver()
    const timer = setTimeout(() => server.listen(host), LATE)
    return {
      ...destination(server, options, `${host}, gone now`),
      async verify() {
        const text = Buffer.concat(await received()).toString()
        return text.split('\n').length - 1
      },
      stop() {
        clearTimeout(timer)
        server.close()
      },
    }
  },
}

export const socketPickles: Row = {
  handler: 'socket, pickles',
  async start() {
    const { server, received } = receiver()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the server has no port')
    const options: SocketOptions = { host: '127.0.0.1', port: address.port }
    return {
      ...destination(server, options, `127.0.0.1:${address.port}, gone now`),
      verify: async () => countFrames(Buffer.concat(await received())),
    }
  },
}

function destination(server: Server, options: SocketOptions, where: string): Destination {
  return { target: { target: '@pino-handlers/socket', options }, where, stop: () => server.close() }
}

/** A server that keeps what it gets; `received` resolves when all connections so far are over. */
function receiver(): { server: Server; received(): Promise<Buffer[]> } {
  const chunks: Buffer[] = []
  const connections: Promise<unknown>[] = []
  const server = createServer((connection: Socket) => {
    connection.on('data', (chunk: Buffer) => chunks.push(chunk))
    connections.push(once(connection, 'close'))
  })
  return {
    server,
    async received() {
      await Promise.all(connections)
      return chunks
    },
  }
}

/** How many frames follow each other, each behind its length in four bytes. */
function countFrames(data: Buffer): number {
  let count = 0
  for (let at = 0; at < data.length; at += 4 + data.readUInt32BE(at)) count++
  return count
}
