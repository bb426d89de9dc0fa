// @pino-handlers/syslog: messages of RFC 5424 over TCP, one after the other behind their lengths.

import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { SyslogOptions } from '@pino-handlers/syslog'
import type { Row } from '../row.js'

export const syslog: Row = {
  handler: 'syslog, RFC 5424',
  async start() {
    const chunks: Buffer[] = []
    const connections: Promise<unknown>[] = []
    const server = createServer((connection: Socket) => {
      connection.on('data', (chunk: Buffer) => chunks.push(chunk))
      connections.push(once(connection, 'close'))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the server has no port')
    const options: SyslogOptions = {
      address: ['127.0.0.1', address.port],
      socktype: 'tcp',
      protocol: 'rfc5424',
      facility: 'local0',
      structuredData: { id: 'shop@32473', fields: ['reqId'] },
      formatter: { fmt: '%(message)s' },
    }
    return {
      target: { target: '@pino-handlers/syslog', options },
      where: `127.0.0.1:${address.port}, gone now`,
      async verify() {
        await Promise.all(connections)
        return countMessages(Buffer.concat(chunks))
      },
      stop: () => server.close(),
    }
  },
}

/** How many messages follow each other, each behind its length and a space. */
function countMessages(data: Buffer): number {
  let count = 0
  for (let at = 0; at < data.length; count++) {
    const space = data.indexOf(' ', at)
    at = space + 1 + Number(data.toString('latin1', at, space))
  }
  return count
}
