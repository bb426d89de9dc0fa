// What only http does: batches, and what becomes of records by what the server answers.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer as createSecureServer } from 'node:https'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import http from '@pino-handlers/http'
import { assertBalanced } from '../../../test/support/books.js'
import { certificates } from '../../../test/support/certificates.js'
import { listening, QUICK, type Reply, scripted, send } from '../../../test/support/scripted-server.js'
import { tempDir } from '../../../test/support/temp-dir.js'

const OK: Reply = { status: 204 }
const QUIET = { ...QUICK, onError: 'ignore' } as const

function line(n: number): string {
  return `{"level":30,"n":${n}}\n`
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, n) => line(n)).join('')
}

describe('http', () => {
  it('sends lines of JSON within maxBatchRecords and maxBatchBytes, in order', async (t) => {
    const { host, heard } = await scripted(t, () => OK)

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
    const { host, heard } = await scripted(t, () => OK)

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

  it('does not compress what is not made smaller by it', async (t) => {
    const { host, heard } = await scripted(t, () => OK)

    await send({ host, url: '/in', format: 'ndjson', gzip: true }, '{"n":1}\n')

    const [one] = heard
    assert.deepEqual([one?.headers['content-encoding'], one?.body], [undefined, '{"n":1}\n'])
  })

  for (const format of ['json', 'python-form'] as const) {
    it(`sends headers instead of those of the same name, ${format}`, async (t) => {
      const { host, heard } = await scripted(t, () => OK)
      const headers = { 'Content-Type': 'application/vnd.logs', 'User-Agent': 'shop' }

      await send({ host, url: '/in', format, method: 'POST', headers }, line(1))

      const seen = heard.map((one) => [one.headers['content-type'], one.headers['user-agent']])
      assert.deepEqual(seen, [['application/vnd.logs', 'shop']])
    })
  }

  it('sends what is no JSON object as a JSON string', async (t) => {
    const { host, heard } = await scripted(t, () => OK)

    await send({ host, url: '/in', format: 'json' }, `${line(0)}plain "text"\n${line(1)}`)

    assert.deepEqual(
      heard.map(({ body }) => JSON.parse(body)),
      [[JSON.parse(line(0)), 'plain "text"', JSON.parse(line(1))]],
    )
  })

  it('sends a batch again with the same key until the server takes it', async (t) => {
    const statuses = [503, 408, 425, 429, 500]
    const { host, heard } = await scripted(t, (_, index) => ({ status: statuses[index] ?? 204 }))

    const { stats } = await send({ host, url: '/in', format: 'ndjson', ...QUIET }, lines(3))

    const sent = new Set(heard.map(({ body, headers }) => `${headers['idempotency-key']} ${body}`))
    assert.deepEqual([heard.length, sent.size, stats.delivered], [6, 1, 3])
  })

  it('waits as long as Retry-After asks', async (t) => {
    const at: number[] = []
    const { host } = await scripted(t, () => {
      at.push(performance.now())
      return at.length === 1 ? { status: 503, headers: { 'Retry-After': '1' } } : OK
    })

    const { stats } = await send({ host, url: '/in', format: 'ndjson', ...QUIET }, lines(1))

    const [first = 0, second = 0] = at
    assert.deepEqual([second - first >= 990, stats.delivered], [true, 1])
  })

  it('finds the one record that is too large for the server', async (t) => {
    const path = join(tempDir(t), 'dead.ndjson')
    const { host, heard } = await scripted(t, ({ body }) => (body.includes('"n":5}') ? { status: 413 } : OK))

    const { stats } = await send({ host, url: '/in', format: 'ndjson', deadLetter: path, ...QUIET }, lines(8))

    const taken = heard.filter(({ body }) => !body.includes('"n":5}')).map(({ body }) => body)
    const { status, record } = JSON.parse(readFileSync(path, 'utf8'))
    assert.deepEqual(
      [taken.join(''), status, record, stats.delivered, stats.deadLettered],
      [lines(8).replace(line(5), ''), 413, line(5).trim(), 7, 1],
    )
  })

  it('puts what the server refuses aside, with status and the first 1024 characters of the answer', async (t) => {
    const path = join(tempDir(t), 'dead.ndjson')
    const { host } = await scripted(t, () => ({ status: 400, body: `no: ${'x'.repeat(2000)}` }))

    const { stats } = await send({ host, url: '/in', format: 'ndjson', deadLetter: path, ...QUIET }, lines(2))

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
    const { host } = await scripted(t, () => ({ status: 302, headers: { Location: '/elsewhere' } }))

    const { stats } = await send({ host, url: '/in', ...QUIET }, lines(2))

    assert.deepEqual([stats.dropped, stats.delivered], [{ refused: 2 }, 0])
  })

  it('sends as a string what a formatter has made to look like an object', async (t) => {
    const { host, heard } = await scripted(t, () => OK)
    const formatter = { fmt: '{%(message)s}' }
    const texts = ['{"level":30,"msg":"no JSON"}\n', '{"level":30,"msg":"\\"a\\": 1"}\n']

    const { stats } = await send({ host, url: '/in', format: 'json', formatter }, ...texts)

    assert.deepEqual([heard.map(({ body }) => body), stats.delivered], [['["{no JSON}",{"a": 1}]'], 2])
  })

  it('puts a record aside that alone exceeds maxBatchBytes', async (t) => {
    const path = join(tempDir(t), 'dead.ndjson')
    const { host, heard } = await scripted(t, () => OK)
    const long = `{"level":30,"msg":"${'x'.repeat(100)}"}\n`

    const { stats } = await send(
      { host, url: '/in', format: 'ndjson', maxBatchBytes: 50, deadLetter: path, ...QUIET },
      line(1) + long + line(2),
    )

    assert.deepEqual([heard.map(({ body }) => body), stats.delivered, stats.deadLettered], [[line(1), line(2)], 2, 1])
  })

  it('goes on at once when the server has closed the connection between requests', async (t) => {
    const { host, heard } = await scripted(t, (_, index, response) => {
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
    const { host } = await scripted(t, (_, index) => (index === 0 ? undefined : OK))

    const { stats } = await send(
      { host, url: '/in', format: 'ndjson', timeout: 0.5, closeTimeout: 9.9, ...QUIET },
      lines(1),
    )

    assert.deepEqual(
      [stats.delivered, stats.lastError],
      [1, `cannot send to http://${host}: it has not answered within 0.5 seconds`],
    )
  })

  it('resolves flush when the server has answered', async (t) => {
    const { host, heard } = await scripted(t, () => OK)
    const handler = http({ host, url: '/in', format: 'ndjson' })

    handler.write(lines(3))
    await new Promise<void>((resolve, reject) => handler.flush((error) => (error ? reject(error) : resolve())))

    assert.deepEqual([handler.stats.delivered, heard.length], [3, 1])
    await new Promise<void>((resolve) => handler.end(resolve))
    assertBalanced(handler.stats)
  })

  it('makes concurrency requests at a time', async (t) => {
    const waiting: (() => void)[] = []
    const { host, heard } = await scripted(t, (_, index, response) => {
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
      const host = `127.0.0.1:${await listening(t, server)}`
      const options = { host, url: '/in', method: 'POST', format, secure: true, ...QUIET } as const

      const { stats } = await send({ ...options, context: { ca: made.ca } }, lines(1))
      const { stats: distrustful } = await send(options, lines(1))

      assert.deepEqual([heard, stats.delivered, distrustful.dropped], [['/in'], 1, { closed: 1 }])
    })
  }
})
