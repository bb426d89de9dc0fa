// @pino-handlers/datagram: what is worth a warning, each record a datagram over UDP.

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DatagramOptions } from '@pino-handlers/datagram'
import type { Row } from '../row.js'

// UDP loses what finds no room in the receiver's buffer; this thread also runs the shop and may be slow to read.
const BUFFER = 4 * 1024 * 1024

export const datagram: Row = {
  handler: 'datagram, warnings only',
  async start() {
    let received = 0
    const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER })
    socket.on('message', () => received++)
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const { port } = socket.address()
    const options: DatagramOptions = { host: '127.0.0.1', port, format: 'ndjson', level: 'warn' }
    return {
      target: { target: '@pino-handlers/datagram', options },
      where: `udp://127.0.0.1:${port}, gone now`,
      async verify() {
        // Those that have come but were not read yet; nobody says when there are no more.
        for (let before = -1; before !== received; await sleep(50)) before = received
        return received
      },
      stop: () => socket.close(),
    }
  },
}
