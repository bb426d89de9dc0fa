// Presets over a server that answers as the collectors do.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import http, { type HttpOptions } from '@pino-handlers/http'
import pino from 'pino'
import { QUICK, type Reply, scripted, send } from '../../../test/support/scripted-server.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'

const QUIET = { ...QUICK, onError: 'ignore' } as const

function line(n: number): string {
  return `{"level":30,"time":1508025600123,"n":${n}}\n`
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, n) => line(n)).join('')
}

/** The numbers of the records in a body. */
function numbersIn(body: string): number[] {
  return [...body.matchAll(/\\?"n\\?":(\d+)/g)].map(([, digits]) => Number(digits))
}

function json(status: number, body: unknown): Reply {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
}

describe('http with a preset', () => {
  it('finds the message where pino says, in a worker', async (t) => {
    const { host, heard } = await scripted(t, () => json(200, {}))
    const options: HttpOptions = { host, preset: 'otlp', flushInterval: 0 }
    const transport = pino.transport({ target: '@pino-handlers/http', options })
    pino({ messageKey: 'text', base: null, timestamp: false }, transport).info('hello')
    await until(() => heard.length === 1, 60_000)
    transport.end()
    await once(transport, 'close')

    const [{ body, attributes }] = JSON.parse(heard[0]?.body ?? '').resourceLogs[0].scopeLogs[0].logRecords
    assert.deepEqual([body, attributes], [{ stringValue: 'hello' }, [{ key: 'level', value: { intValue: '30' } }]])
  })

  it('Elasticsearch: sends again what was busy, puts aside what was refused, and takes a conflict for done', async (t) => {
    const deadLetter = join(tempDir(t), 'dead.ndjson')
    const statuses = [
      [201, 429, 400, 409, 503],
      [201, 201],
    ]
    const { host, heard } = await scripted(t, (_, index) => {
      const items = (statuses[index] ?? []).map((status) => ({ create: { status, error: { type: 'x' } } }))
      return json(200, { errors: index === 0, items })
    })

    const { stats } = await send({ host, preset: 'elasticsearch', deadLetter, ...QUIET }, lines(5))

    const { status, answer, record } = JSON.parse(readFileSync(deadLetter, 'utf8'))
    const ids = heard.flatMap(({ body }) => [...body.matchAll(/"_id":"([^"]+)"/g)].map(([, id]) => id))
    assert.deepEqual(
      [heard.map(({ body }) => numbersIn(body)), [status, answer, `${record}\n`], stats.delivered, stats.deadLettered],
      [
        [
          [0, 1, 2, 3, 4],
          [1, 4],
        ],
        [400, '{"type":"x"}', line(2)],
        4,
        1,
      ],
    )
    assert.equal(new Set(ids).size, 7)
  })

  it('Elasticsearch: a batch that is sent again has the same ids, so that no document is there twice', async (t) => {
    const index = new Map<string, string>()
    const { host, heard } = await scripted(t, ({ body }, request, response) => {
      const items = [...body.matchAll(/"_id":"([^"]+)"\}\}\n(.*)\n/g)].map(([, id = '', document = '']) => {
        const status = index.has(id) ? 409 : 201
        index.set(id, document)
        return { create: { status } }
      })
      // The documents are there, and the answer is lost.
      if (request === 0) response.destroy()
      else return json(200, { errors: true, items })
      return undefined
    })

    const { stats } = await send({ host, preset: 'elasticsearch', ...QUIET }, lines(3))

    assert.deepEqual([heard.length, index.size, stats.delivered], [2, 3, 3])
  })

  it('Splunk: goes on at once behind each event that is invalid', async (t) => {
    const deadLetter = join(tempDir(t), 'dead.ndjson')
    const { host, heard } = await scripted(t, ({ body }) => {
      const poison = numbersIn(body).findIndex((n) => n === 2 || n === 5)
      if (poison === -1) return json(200, { text: 'Success', code: 0 })
      return json(400, { text: 'Invalid data format', code: 6, 'invalid-event-number': poison })
    })
    const options: HttpOptions = { host, preset: 'splunk-hec', headers: { Authorization: 'Splunk t0ken' }, deadLetter }

    const { stats } = await send({ ...options, ...QUIET, retryStart: 600 }, lines(8))

    const records = readFileSync(deadLetter, 'utf8')
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each).record)
    assert.deepEqual(
      [
        heard.map(({ body, headers }) => [headers.authorization, ...numbersIn(body)]),
        new Set(heard.map(({ headers }) => headers['idempotency-key'])).size,
        records.map((record) => `${record}\n`),
        stats.delivered,
        stats.deadLettered,
      ],
      [
        [
          ['Splunk t0ken', 0, 1, 2, 3, 4, 5, 6, 7],
          ['Splunk t0ken', 3, 4, 5, 6, 7],
          ['Splunk t0ken', 6, 7],
        ],
        3,
        [line(2), line(5)],
        6,
        2,
      ],
    )
  })

  it('OTLP: counts as dropped what was refused without a name, and tells why', async (t) => {
    const { host } = await scripted(t, () =>
      json(200, { partialSuccess: { rejectedLogRecords: '2', errorMessage: 'two are too old' } }),
    )

    const { stats } = await send({ host, preset: 'otlp', ...QUIET }, lines(5))

    assert.deepEqual(
      [stats.delivered, stats.dropped, stats.lastError],
      [
        3,
        { refused: 2 },
        `http://${host} refused 2 of 5 records and does not say which, so that they are lost: two are too old`,
      ],
    )
  })

  it('Loki: puts a batch aside as a whole when a record is too old, since it does not say which', async (t) => {
    const deadLetter = join(tempDir(t), 'dead.ndjson')
    const { host } = await scripted(t, () => ({ status: 400, body: 'entry too far behind, total ignored: 1 out of 2' }))

    const { stats } = await send({ host, preset: 'loki', labels: { job: 'shop' }, deadLetter, ...QUIET }, lines(2))

    const records = readFileSync(deadLetter, 'utf8')
      .trimEnd()
      .split('\n')
      .map((each) => `${JSON.parse(each).record}\n`)
    assert.deepEqual([records.join(''), stats.deadLettered], [lines(2), 2])
  })

  it('Datadog: halves a batch that is too large', async (t) => {
    const { host, heard } = await scripted(t, ({ body }) =>
      numbersIn(body).length > 2 ? { status: 413 } : json(202, {}),
    )

    const { stats } = await send({ host, preset: 'datadog', headers: { 'DD-API-KEY': 'k' }, ...QUIET }, lines(4))

    assert.deepEqual(
      [heard.map(({ body, headers }) => [headers['dd-api-key'], ...numbersIn(body)]), stats.delivered],
      [
        [
          ['k', 0, 1, 2, 3],
          ['k', 0, 1],
          ['k', 2, 3],
        ],
        4,
      ],
    )
  })

  const wrong: readonly [options: object, message: RegExp][] = [
    [{}, /option "url" is required: a path/],
    [{ format: 'json' }, /option "url" is required: a path/],
    [{ preset: 'graylog' }, /option "preset" must be 'loki' \| .*, got 'graylog'/],
    [{ url: '/', labels: { job: 'a' } }, /option "labels" only makes sense with a preset/],
    [{ preset: 'loki', labels: { job: 1 } }, /option "labels" must be an object of strings, got 1 for 'job'/],
    [{ preset: 'loki', labels: ['a'] }, /option "labels" must be an object of strings, such as/],
    [{ preset: 'loki', labels: { 'a.b': 'c' } }, /option "labels" must have names of letters, digits and _ for 'loki'/],
    [{ preset: 'otlp', method: 'GET' }, /option "method" must be 'POST' with preset 'otlp'/],
  ]
  for (const [given, message] of wrong) {
    it(`refuses ${JSON.stringify(given)}`, () => {
      assert.throws(() => Reflect.apply(http, undefined, [{ host: 'localhost', ...given }]), {
        name: 'HandlerOptionError',
        message,
      })
    })
  }
})
