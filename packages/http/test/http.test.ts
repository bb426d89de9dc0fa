// What only http does: batches, and what becomes of records by what the server answers.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import http, { type HttpOptions } from '@pino-handlers/http'
import { assertBalanced } from '../../../test/support/books.js'
import { certificates } from '../../../test/support/certificates.js'
import { tempDir } from '../../../test/support/temp-dir.js'

interface Heard {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Reply {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

type Script = (heard: Heard, index: number, response: ServerResponse) => Reply | undefined

const OK: Reply = { status: 204 }
const QUICK = { retryStart: 0.01, retryMax: 0.02, onError: 'ignore' } as const

async function serve(t: Pick<TestContext, 'after'>, script: Script): Promise<{ host: string; heard: Heard[] }> {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const bytes = Buffer.concat(chunks)
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: String(body) }
      heard.push(one)
      const reply = script(one, heard.length - 1, response)
      if (reply) response.writeHead(reply.status, reply.headers).end(reply.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { host: `127.0.0.1:${portOf(server.address())}`, heard }
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address === 'object' && address !== null) return address.port
  throw new Error('the server has no port')
}

async function send(options: HttpOptions, ...texts: readonly string[]): Promise<ReturnType<typeof http>> {
  const handler = http(options)
  for (const text of texts) handler.write(text)
  await new Promise<void>((resolve) => handler.end(resolve))
  assertBalanced(handler.stats)
  return handler
}

function line(n: number): string {
  return `{"level":30,"n":${n}}\n`
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, n) => line(n)).join('')
}

describe('http', () => {
  it('sends lines of JSON within maxBatchRecords and maxBatchBytes, in order', async (t) => {
    const { host, heard } = await serve(t, () => OK)

    const { stats } = await send(
      { host, url: '/in', format: 'ndjson', maxBatchRecords: 4, maxBatchBytes: 60 },
      lines(9),
    )

    const sizes = heard.map(({ body }) => Buffer.byteLength(body) <= 60)
    assert.deepEqual(
      [heard.map(({ body }) => body).join(''), sizes.every(Boolean), heard.length, stats.delivered],
      [lines(9), true, 3, 9],
    )
  })

  it('sends a JSON array, compressed, with headers and credentials', async (t) => {
    const { host, heard } = await serve(t, () => OK)

    await send(
      { host, url: '/in', format: 'json', gzip: true, headers: { 'X-Api-Key': 'k' }, credentials: ['u', 'p'] },
      lines(40),
    )

    const [one] = heard
    const { authorization, 'x-api-key': key, 'content-encoding': encoding, 'content-type': type } = one?.headers ?? {}
    assert.deepEqual(
      [authorization, key, encoding, type, JSON.parse(one?.body ?? '').length],
      ['Basic dTpw', 'k', 'gzip', 'application/json', 40],
    )
  })

  it('sends what is no JSON object as a JSON string', async (t) => {
    const { host, heard } = await serve(t, () => OK)

    await send({ host, url: '/in', format: 'json' }, `${line(0)}plain "text"\n${line(1)}`)

    assert.deepEqual(
      heard.map(({ body }) => JSON.parse(body)),
      [[JSON.parse(line(0)), 'plain "text"', JSON.parse(line(1))]],
    )
  })

  it('sends a batch again with the same key until the server takes it', async (t) => {
    const statuses = [503, 408, 425, 429, 500]
    const { host, heard } = await serve(t, (_, index) => ({ status: statuses[index] ?? 204 }))

    const { stats } = await send({ host, url: '/in', format: 'ndjson', ...QUICK }, lines(3))

    const sent = new Set(heard.map(({ body, headers }) => `${headers['idempotency-key']} ${body}`))
    assert.deepEqual([heard.length, sent.size, stats.delivered], [6, 1, 3])
  })

  it('waits as long as Retry-After asks', async (t) => {
    const at: number[] = []
    const { host } = await serve(t, () => {
      at.push(performance.now())
      return at.length === 1 ? { status: 503, headers: { 'Retry-After': '1' } } : OK
    })

    const { stats } = await send({ host, url: '/in', format: 'ndjson', ...QUICK }, lines(1))

    const [first = 0, second = 0] = at
    assert.deepEqual([second - first >= 990, stats.delivered], [true, 1])
  })

  it('finds the one record that is too large for the server', async (t) => {
    const path = join(tempDir(t), 'dead.ndjson')
    const { host, heard } = await serve(t, ({ body }) => (body.includes('"n":5}') ? { status: 413 } : OK))

    const { stats } = await send({ host, url: '/in', format: 'ndjson', deadLetter: path, ...QUICK }, lines(8))

    const taken = heard.filter(({ body }) => !body.includes('"n":5}')).map(({ body }) => body)
    const { status, record } = JSON.parse(readFileSync(path, 'utf8'))
    assert.deepEqual(
      [taken.join(''), status, record, stats.delivered, stats.deadLettered],
      [lines(8).replace(line(5), ''), 413, line(5).trim(), 7, 1],
    )
  })

  it('puts what the server refuses aside, with status and the first 1024 characters of the answer', async (t) => {
    const path = join(tempDir(t), 'dead.ndjson')
    const { host } = await serve(t, () => ({ status: 400, body: `no: ${'x'.repeat(2000)}` }))

    const { stats } = await send({ host, url: '/in', format: 'ndjson', deadLetter: path, ...QUICK }, lines(2))

    const letters = readFileSync(path, 'utf8').trimEnd().split('\n')
    const seen = letters.map((each) => {
      const { status, answer, record } = JSON.parse(each)
      return [status, answer.length, record]
    })
    assert.deepEqual(
      [seen, stats.deadLettered],
      [
        [
          [400, 1024, line(0).trim()],
          [400, 1024, line(1).trim()],
        ],
        2,
      ],
    )
  })

  it('counts what is refused as dropped without deadLetter, a redirect too', async (t) => {
    const { host } = await serve(t, () => ({ status: 302, headers: { Location: '/elsewhere' } }))

    const { stats } = await send({ host, url: '/in', ...QUICK }, lines(2))

    assert.deepEqual([stats.dropped, stats.delivered], [{ refused: 2 }, 0])
  })

  it('puts a record aside that alone exceeds maxBatchBytes', async (t) => {
    const path = join(tempDir(t), 'dead.ndjson')
    const { host, heard } = await serve(t, () => OK)
    const long = `{"level":30,"msg":"${'x'.repeat(100)}"}\n`

    const { stats } = await send(
      { host, url: '/in', format: 'ndjson', maxBatchBytes: 50, deadLetter: path, ...QUICK },
      line(1) + long + line(2),
    )

    assert.deepEqual([heard.map(({ body }) => body), stats.delivered, stats.deadLettered], [[line(1), line(2)], 2, 1])
  })

  it('goes on at once when the server has closed the connection between requests', async (t) => {
    const { host, heard } = await serve(t, (_, index, response) => {
      if (index !== 1) return OK
      response.destroy()
      return undefined
    })

    const { stats } = await send({ host, url: '/in', format: 'ndjson', maxBatchRecords: 1, onError: 'throw' }, lines(3))

    assert.deepEqual(
      [heard.map(({ body }) => body), stats.delivered, stats.retries],
      [[line(0), line(1), line(1), line(2)], 3, 1],
    )
  })

  it('gives up an answer that does not come within timeout', async (t) => {
    const { host } = await serve(t, (_, index) => (index === 0 ? undefined : OK))

    const { stats } = await send({ host, url: '/in', format: 'ndjson', timeout: 0.1, ...QUICK }, lines(1))

    assert.deepEqual(
      [stats.delivered, stats.lastError],
      [1, `cannot send to http://${host}: it has not answered within 0.1 seconds`],
    )
  })

  it('never tells credentials, even if the server repeats them', async (t) => {
    const { host } = await serve(t, ({ headers }) => ({ status: 401, body: JSON.stringify(headers) }))
    const told: unknown[] = []
    const handler = http({
      host,
      url: '/in?token=secret-in-url',
      format: 'ndjson',
      credentials: ['user', 'secret-password'],
      headers: { 'X-Api-Key': 'secret-key', Cookie: 'secret-cookie' },
      onError: 'ignore',
    })
    for (const event of ['failure', 'drop', 'state', 'stats']) handler.on(event, (payload) => told.push(payload))
    handler.write(lines(1))
    await new Promise<void>((resolve) => handler.end(resolve))

    assertBalanced(handler.stats)
    const basic = Buffer.from('user:secret-password').toString('base64')
    const text = JSON.stringify([told, handler.stats])
    assert.deepEqual(
      [text.includes('401 Unauthorized'), text.includes('secret'), text.includes(basic)],
      [true, false, false],
    )
  })

  it('resolves flush when the server has answered', async (t) => {
    const { host, heard } = await serve(t, () => OK)
    const handler = http({ host, url: '/in', format: 'ndjson' })

    handler.write(lines(3))
    await new Promise<void>((resolve, reject) => handler.flush((error) => (error ? reject(error) : resolve())))

    assert.deepEqual([handler.stats.delivered, heard.length], [3, 1])
    await new Promise<void>((resolve) => handler.end(resolve))
    assertBalanced(handler.stats)
  })

  it('sends only the items again that Elasticsearch wants again', async (t) => {
    const path = join(tempDir(t), 'dead.ndjson')
    const items = [201, 429, 400].map((status) => ({ create: { status, error: status } }))
    const { host, heard } = await serve(t, (_, index) => {
      const body = index === 0 ? { errors: true, items } : { errors: false, items: [] }
      return { status: 200, body: JSON.stringify(body) }
    })

    const { stats } = await send({ host, url: '/_bulk', preset: 'elasticsearch', deadLetter: path, ...QUICK }, lines(3))

    const bulk = (...numbers: readonly number[]): string => numbers.map((n) => `{"create":{}}\n${line(n)}`).join('')
    assert.deepEqual(
      [heard.map(({ body }) => body), stats.delivered, stats.deadLettered],
      [[bulk(0, 1, 2), bulk(1)], 2, 1],
    )
  })

  it('makes concurrency requests at a time', async (t) => {
    const waiting: (() => void)[] = []
    const { host, heard } = await serve(t, (_, index, response) => {
      waiting.push(() => response.writeHead(204).end())
      if (index === 2) for (const answer of waiting) answer()
      return undefined
    })

    const { stats } = await send({ host, url: '/in', format: 'ndjson', maxBatchRecords: 1, concurrency: 3 }, lines(3))

    assert.deepEqual([heard.length, stats.delivered], [3, 3])
  })

  for (const format of ['python-form', 'ndjson'] as const) {
    it(`speaks TLS with an authority of its own, ${format}`, async (t) => {
      const made = certificates(t)
      if (!made) return
      const heard: string[] = []
      const server = createSecureServer(made.server, (request, response) => {
        heard.push(request.url ?? '')
        request.resume().on('end', () => response.writeHead(204).end())
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      t.after(() => server.close())
      const host = `127.0.0.1:${portOf(server.address())}`
      const options = { host, url: '/in', method: 'POST', format, secure: true, ...QUICK } as const

      const { stats } = await send({ ...options, context: { ca: made.ca } }, lines(1))
      const { stats: distrustful } = await send(options, lines(1))

      assert.deepEqual([heard, stats.delivered, distrustful.dropped], [['/in'], 1, { closed: 1 }])
    })
  }

  const wrong: readonly [options: object, message: RegExp][] = [
    [{ url: 'log' }, /option "url" must begin with a slash/],
    [{ url: '/a b' }, /option "url" must have no spaces/],
    [{ method: 'PUT' }, /option "method" must be 'GET' \| 'POST', got 'PUT'/],
    [{ method: 'GET', format: 'json' }, /option "method" must be 'POST' with format 'json'/],
    [{ host: 'http://x' }, /option "host" is 'http:\/\/x': a host is given without scheme/],
    [{ context: {} }, /option "context" only makes sense with secure: true/],
    [{ credentials: ['user', 1] }, /option "credentials" must be \[user, password\], two strings$/],
    [{ headers: { 'a b': 'x' } }, /option "headers" has a name that no header can have/],
    [{ headers: { a: 'x\r\ny' } }, /option "headers" has for 'a' a value that no header can have$/],
    [{ maxBatchBytes: 0 }, /option "maxBatchBytes" must be/],
  ]
  for (const [given, message] of wrong) {
    it(`refuses ${JSON.stringify(given)}`, () => {
      const options = { host: 'localhost', url: '/log', ...given }
      assert.throws(() => Reflect.apply(http, undefined, [options]), { name: 'HandlerOptionError', message })
    })
  }
})
