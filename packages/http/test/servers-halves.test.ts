// Servers that answer by halves, or not at all.

import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import http, { type HttpOptions } from '@pino-handlers/http'
import { closed } from '../../../test/support/closed.js'
import { QUICK, send } from '../../../test/support/scripted-server.js'
import { tcpServer } from '../../../test/support/tcp-server.js'
import { until } from '../../../test/support/until.js'

const QUIET = { ...QUICK, onError: 'ignore' } as const
const FORMATS = ['python-form', 'ndjson'] as const

function line(n: number): string {
  return `${JSON.stringify({ level: 30, time: 1508025600123, n })}\n`
}

/** A server that sees the bytes: `answer` gets each request when it has come as a whole, and the connection's number. */
async function rawServer(
  t: TestContext,
  answer: (connection: number, socket: Socket) => void,
): Promise<{ host: string; heard: { connection: number; body: string; key: string }[] }> {
  const heard: { connection: number; body: string; key: string }[] = []
  const texts: string[] = []
  const host = await tcpServer(t, (chunk, socket, connection) => {
    const text = (texts[connection] ?? '') + chunk
    texts[connection] = text
    const end = text.indexOf('\r\n\r\n') + 4
    const length = Number(/^content-length: (\d+)\r$/im.exec(text)?.[1] ?? 0)
    if (end < 4 || text.length < end + length) return
    const key = /^idempotency-key: (.+)\r$/im.exec(text)?.[1] ?? ''
    heard.push({ connection, body: text.slice(end, end + length), key })
    texts[connection] = text.slice(end + length)
    answer(connection, socket)
  })
  return { host, heard }
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'

describe('http: answers by halves', () => {
  const broken: readonly [name: string, answer: (socket: Socket) => void][] = [
    ['none, and the end of the connection', (socket) => socket.end()],
    ['none, and a reset', (socket) => socket.resetAndDestroy()],
    ['half a head', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le')],
    ['half a body', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')],
    [
      'a chunk, and not the last',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf'),
    ],
    ['no HTTP', (socket) => socket.end('220 mail.example ESMTP\r\n')],
  ]
  for (const format of FORMATS) {
    for (const [name, answer] of broken) {
      it(`${name}: the batch goes again with the same key, ${format}`, async (t) => {
        const { host, heard } = await rawServer(t, (connection, socket) => {
          if (connection === 0) answer(socket)
          else socket.write(OK)
        })

        const { stats } = await send({ host, url: '/in', method: 'POST', format, ...QUIET }, line(1))

        const sent = new Set(heard.map(({ body, key }) => `${key} ${body}`))
        assert.deepEqual([heard.length, sent.size, stats.delivered, stats.dropped], [2, 1, 1, {}])
      })
    }

    it(`whole, though the server has ended its half of the connection, ${format}`, async (t) => {
      // Without a length the end of the connection is that of the answer.
      const { host, heard } = await rawServer(t, (_, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nthanks'))
      const options = { host, url: '/in', method: 'POST', format, onError: 'throw' } as const
      const batches = format === 'ndjson' ? { maxBatchRecords: 1 } : {}

      const { stats } = await send({ ...options, ...batches }, line(1) + line(2))

      assert.deepEqual([heard.map(({ connection }) => connection), stats.delivered, stats.retries], [[0, 1], 2, 0])
    })

    it(`whole, and then the end of a connection that was to be kept, ${format}`, async (t) => {
      const { host, heard } = await rawServer(t, (_, socket) => socket.end(OK))
      const batches = format === 'ndjson' ? { flushInterval: 0 } : {}
      const options: HttpOptions = { host, url: '/in', method: 'POST', format, ...batches, onError: 'throw' }
      const handler = http({ closeTimeout: 9.9, ...options })
      for (let n = 0; n < 4; n++) {
        handler.write(line(n))
        await until(() => handler.stats.delivered === n + 1, 60_000)
      }
      const { delivered, dropped } = await closed(handler)

      const bodies = new Set(heard.map(({ body }) => body))
      assert.deepEqual([bodies.size, delivered, dropped], [4, 4, {}])
    })
  }
})
