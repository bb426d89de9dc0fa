// One request for each record over connections that are used again, against a server that is a bare socket.

import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import http from '@pino-handlers/http'
import { closed } from '../../../test/support/closed.js'
import { run } from '../../../test/support/run-node.js'
import { QUICK, send } from '../../../test/support/scripted-server.js'
import { tcpServer } from '../../../test/support/tcp-server.js'
import { until } from '../../../test/support/until.js'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
const LINE = '{"level":30,"msg":"x"}\n'
const FORM = { url: '/', method: 'POST', mapLogRecord: () => ({ n: 1 }), onError: 'ignore', ...QUICK } as const
const REQUEST =
  'Accept-Encoding: identity\r\nContent-type: application/x-www-form-urlencoded\r\nContent-length: 3\r\n\r\nn=1'

describe('http, one request for each record', () => {
  it('uses a connection again as long as the server keeps it', async (t) => {
    const { host, heard } = await listening(t, (socket, index) => {
      socket.write(index === 1 ? OK.replace('OK\r\n', 'OK\r\nConnection: close\r\n') : OK)
    })
    const { stats } = await send({ ...FORM, host }, LINE.repeat(5))
    const request = `POST / HTTP/1.1\r\nHost: ${host}\r\n${REQUEST}`
    assert.deepEqual([heard, stats.delivered], [[request.repeat(2), request.repeat(3)], 5])
  })

  it('opens another connection when the server has closed the one before between two requests', async (t) => {
    const sockets: Socket[] = []
    const { host, heard } = await listening(t, (socket) => {
      sockets.push(socket)
      socket.write(OK)
    })
    const handler = http({ ...FORM, host })
    handler.write(LINE)
    await until(() => handler.stats.delivered === 1)
    sockets[0]?.destroy()
    handler.write(LINE)
    await until(() => handler.stats.delivered === 2)
    const { lastError } = await closed(handler)
    assert.deepEqual([heard.length, lastError], [2, null])
  })

  it('does not take for an answer what the server says without being asked', async (t) => {
    const { host, heard } = await listening(t, (socket, index) => {
      socket.write(index === 0 ? OK + OK.replace('200', '400') : OK)
    })
    const { stats } = await send({ ...FORM, host }, LINE.repeat(2))
    assert.deepEqual([heard.length, stats.delivered], [2, 2])
  })

  it('takes an answer that comes in bytes, and one that ends with its connection', async (t) => {
    const { host, heard } = await listening(t, (socket, index) => {
      if (index > 0) socket.end('HTTP/1.0 200 OK\r\n\r\ntaken')
      else drip(socket, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ntaken\r\n0\r\n\r\n')
    })
    const { stats } = await send({ ...FORM, host }, LINE.repeat(3))
    assert.deepEqual([heard.length, stats.delivered], [2, 3])
  })

  it('sends a record again whose answer is not understood or is cut off', async (t) => {
    const wrong = ['SSH-2.0-OpenSSH_9.2\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf']
    const { host, heard } = await listening(t, (socket, index) => {
      const answer = wrong[index]
      if (answer === undefined) socket.write(OK)
      else socket.end(answer)
    })
    const { stats } = await send({ ...FORM, host }, LINE)
    assert.deepEqual([heard.length, stats.delivered, stats.dropped], [3, 1, {}])
  })

  it('does not ask at once again when the answer is not understood', async (t) => {
    const { host, heard } = await listening(t, (socket, index) => {
      if (index === 1) socket.end('SSH-2.0-OpenSSH_9.2\r\n')
      else socket.write(OK)
    })
    const handler = http({ ...FORM, host, retryStart: 60, retryMax: 60, closeTimeout: 0 })
    handler.write(LINE)
    await until(() => handler.stats.delivered === 1)
    handler.write(LINE)
    await until(() => handler.stats.lastError !== null || handler.stats.delivered === 2)
    const { retries } = handler.stats
    const { delivered, dropped } = await closed(handler)
    assert.deepEqual([heard.length, delivered, dropped, retries], [1, 1, { closed: 1 }, 0])
  })

  it('leaves a connection whose answer comes before the request has left', async (t) => {
    let connections = 0
    const host = await tcpServer(t, (_, socket, connection) => {
      connections = connection + 1
      if (connection === 0) socket.pause()
      socket.write(OK)
    })
    let size = 16_000_000
    const mapLogRecord = (): Readonly<Record<string, unknown>> => {
      const body = { n: 'x'.repeat(size) }
      size = 1
      return body
    }
    const { stats } = await send({ ...FORM, host, mapLogRecord, closeTimeout: 9.9 }, LINE.repeat(2))
    assert.deepEqual([connections, stats.delivered], [2, 2])
  })

  it('has as many connections as requests at a time', async (t) => {
    const waiting: Socket[] = []
    const { host, heard } = await listening(t, (socket) => {
      waiting.push(socket)
      if (waiting.length === 3) for (const each of waiting.splice(0)) each.write(OK)
    })
    const { stats } = await send({ ...FORM, host, concurrency: 3 }, LINE.repeat(9))
    assert.deepEqual([heard.length, stats.delivered], [3, 9])
  })

  it('sends what is not ASCII in headers as it is, in Latin-1', async (t) => {
    const { host, heard } = await listening(t, (socket) => socket.write(OK))
    await send({ ...FORM, host, headers: { 'X-App': 'Käse' } }, LINE)
    assert.match(heard.join(''), /\r\nX-App: Käse\r\n\r\nn=1$/)
  })

  it('lets the process end while a connection is kept', async (t) => {
    const { host } = await listening(t, (socket) => socket.write(OK))
    const program = `
      import http from ${JSON.stringify(import.meta.resolve('@pino-handlers/http'))}
      const mapLogRecord = () => ({ n: 1 })
      const handler = http({ host: ${JSON.stringify(host)}, url: '/', method: 'POST', mapLogRecord })
      handler.write(${JSON.stringify(LINE)})
      handler.flush(() => console.log(handler.stats.delivered))
    `
    const { code, stdout } = await run(process.execPath, ['--input-type=module', '--eval', program])
    assert.deepEqual([code, stdout], [0, '1\n'])
  })
})

interface Listening {
  readonly host: string
  /** What each connection brought, in Latin-1. */
  readonly heard: string[]
}

// Calls `answer` for each whole request, the `index`th of all.
async function listening(t: TestContext, answer: (socket: Socket, index: number) => void): Promise<Listening> {
  const heard: string[] = []
  let index = 0
  const host = await tcpServer(t, (text, socket, connection) => {
    const before = heard[connection] ?? ''
    const all = before + text
    heard[connection] = all
    const whole = (bytes: string): number => bytes.split('n=1').length - 1
    for (let more = whole(all) - whole(before); more > 0; more--) answer(socket, index++)
  })
  return { host, heard }
}

// One byte in each turn, which may or may not arrive by itself.
function drip(socket: Socket, text: string): void {
  if (text === '') return
  socket.write(text.slice(0, 1))
  setImmediate(() => drip(socket, text.slice(1)))
}
