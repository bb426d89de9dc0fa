// http through nginx, which is not ours: it closes connections, limits what it takes, and has a server behind it that may be away.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import http from '@pino-handlers/http'
import { certificates } from '../../../test/support/certificates.js'
import { closed } from '../../../test/support/closed.js'
import { type Nginx, type NginxOptions, startNginx } from '../../../test/support/nginx.js'
import { answering, type Heard, QUICK, type Script, send } from '../../../test/support/scripted-server.js'
import { tempDir } from '../../../test/support/temp-dir.js'

const OK: Script = () => ({ status: 204 })
const FORMATS = ['python-form', 'ndjson'] as const

/** nginx, and what the server behind it has heard. */
interface Front extends Nginx {
  readonly heard: Heard[]
  /** Starts the server behind it. */
  open(): Promise<void>
}

async function front(t: TestContext, options: NginxOptions = {}, script = OK): Promise<Front | undefined> {
  const nginx = await startNginx(t, options)
  if (!nginx) return undefined
  const heard: Heard[] = []
  const server: Server = createServer(answering(script, heard))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    ...nginx,
    heard,
    async open() {
      await once(server.listen(nginx.upstream), 'listening')
    },
  }
}

function line(n: number, msg = ''): string {
  return `${JSON.stringify({ level: 30, time: 1508025600123, n, msg })}\n`
}

function lines(count: number, msg?: string): string {
  return Array.from({ length: count }, (_, n) => line(n, msg)).join('')
}

describe('http through nginx', () => {
  for (const format of FORMATS) {
    it(`goes on over a new connection when nginx has closed the old one, ${format}`, async (t) => {
      const nginx = await front(t, { directives: 'keepalive_timeout 10ms;' })
      if (!nginx) return
      await nginx.open()
      const sockets: Socket[] = []
      const getConnection = (): Socket => {
        const socket = connect(nginx.port, '127.0.0.1')
        sockets.push(socket)
        return socket
      }
      const options = { host: nginx.host, url: '/in', method: 'POST', format, getConnection, onError: 'throw' } as const
      const handler = http({ closeTimeout: 9.9, ...options })
      for (let n = 0; n < 3; n++) {
        handler.write(line(n))
        await new Promise<void>((resolve, reject) => handler.flush((error) => (error ? reject(error) : resolve())))
        const last = sockets.at(-1)
        if (last && !last.closed) await new Promise((resolve) => last.once('close', resolve))
      }
      const { delivered, retries } = await closed(handler)

      assert.deepEqual([nginx.heard.length, sockets.length, delivered, retries], [3, 3, 3, 0])
    })

    it(`keeps to the number of requests that nginx allows for a connection, ${format}`, async (t) => {
      const nginx = await front(t, { directives: 'keepalive_requests 2;' })
      if (!nginx) return
      await nginx.open()
      const { host } = nginx
      const options = { host, url: '/in', method: 'POST', format, onError: 'throw' } as const

      const batches = format === 'ndjson' ? { maxBatchRecords: 1 } : {}
      const { stats } = await send({ ...options, ...batches }, lines(7))

      assert.deepEqual([nginx.heard.length, stats.delivered, stats.retries], [7, 7, 0])
    })

    it(`waits while the server behind nginx is away, ${format}`, async (t) => {
      const nginx = await front(t)
      if (!nginx) return
      const { host } = nginx
      const options = { host, url: '/in', method: 'POST', format, ...QUICK, onError: 'ignore' } as const
      const handler = http({ closeTimeout: 9.9, ...options })
      const failed = once(handler, 'failure')
      handler.write(lines(2))
      handler.flush()
      const [{ message }] = await failed
      await nginx.open()
      const { delivered, dropped } = await closed(handler)

      assert.match(message, /^cannot send to http:\/\/127\.0\.0\.1:\d+: it answered 502 Bad Gateway: <html>/)
      assert.deepEqual([nginx.heard.length, delivered, dropped], [format === 'ndjson' ? 1 : 2, 2, {}])
    })

    it(`speaks TLS with an authority of its own, ${format}`, async (t) => {
      const made = certificates(t)
      const nginx = made && (await front(t, { identity: made.server }))
      if (!nginx) return
      await nginx.open()
      const { host } = nginx
      const options = { host, url: '/in', method: 'POST', format, secure: true, ...QUICK, onError: 'ignore' } as const

      const { stats } = await send({ ...options, context: { ca: made.ca } }, lines(2))
      const { stats: distrustful } = await send({ ...options, closeTimeout: 0.5 }, lines(2))

      assert.deepEqual([stats.delivered, distrustful.delivered, distrustful.dropped], [2, 0, { closed: 2 }])
    })
  }

  it('halves a batch that is too large for nginx, down to the record that is', async (t) => {
    const deadLetter = join(tempDir(t), 'dead.ndjson')
    const nginx = await front(t, { directives: 'client_max_body_size 1k;' })
    if (!nginx) return
    await nginx.open()
    const long = line(2, 'x'.repeat(2000))
    const options = { host: nginx.host, url: '/in', format: 'ndjson', deadLetter, ...QUICK, onError: 'ignore' } as const

    const { stats } = await send(options, line(0) + line(1) + long + lines(30))

    const { status, answer, record } = JSON.parse(readFileSync(deadLetter, 'utf8'))
    assert.deepEqual(
      [nginx.heard.map(({ body }) => body).join(''), status, `${record}\n`, stats.delivered, stats.deadLettered],
      [line(0) + line(1) + lines(30), 413, long, 32, 1],
    )
    assert.match(answer, /413 Request Entity Too Large/)
  })

  it('puts aside a form that is too long for a url', async (t) => {
    const deadLetter = join(tempDir(t), 'dead.ndjson')
    const nginx = await front(t)
    if (!nginx) return
    await nginx.open()

    const options = { host: nginx.host, url: '/in', deadLetter, ...QUICK, onError: 'ignore' } as const
    const { stats } = await send(options, line(0) + line(1, 'x'.repeat(20_000)) + line(2))

    const { status } = JSON.parse(readFileSync(deadLetter, 'utf8'))
    assert.deepEqual([nginx.heard.length, status, stats.delivered, stats.deadLettered], [2, 414, 2, 1])
  })

  it('has its gzip passed on as it is', async (t) => {
    const nginx = await front(t)
    if (!nginx) return
    await nginx.open()

    const { stats } = await send({ host: nginx.host, url: '/in', format: 'ndjson', gzip: true }, lines(100))

    const [{ headers, body }] = nginx.heard as [Heard]
    const { 'content-encoding': encoding, 'content-length': size } = headers
    assert.deepEqual([encoding, Number(size) < body.length, body, stats.delivered], ['gzip', true, lines(100), 100])
  })

  it('hears of nginx that ends in the middle', async (t) => {
    const nginx = await front(t, {}, (_, index, response) => {
      if (index > 0) return { status: 204 }
      response.destroy()
      return undefined
    })
    if (!nginx) return
    await nginx.open()

    const options = { host: nginx.host, url: '/in', format: 'ndjson', ...QUICK, onError: 'ignore' } as const
    const { stats } = await send(options, lines(3))

    const keys = new Set(nginx.heard.map(({ headers }) => headers['idempotency-key']))
    assert.deepEqual([nginx.heard.length, keys.size, stats.delivered], [2, 1, 3])
  })
})
