// Servers that answer by a script: with each kind of status, later, slowly.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import http from '@pino-handlers/http'
import { closed } from '../../../test/support/closed.js'
import { QUICK, scripted, send } from '../../../test/support/scripted-server.js'
import { until } from '../../../test/support/until.js'

const QUIET = { ...QUICK, onError: 'ignore' } as const
const FORMATS = ['python-form', 'ndjson'] as const

function line(n: number): string {
  return `${JSON.stringify({ level: 30, time: 1508025600123, n })}\n`
}

const STATUSES = {
  taken: [200, 201, 202, 203, 204, 205, 206, 226],
  refused: [
    ...[300, 301, 302, 303, 304, 305, 307, 308],
    ...[400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424],
    ...[426, 428, 431, 451, 499],
  ],
  again: [408, 425, 429, 500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 599],
}

describe('http: what a status does', () => {
  for (const format of FORMATS) {
    for (const [fate, statuses] of Object.entries(STATUSES)) {
      it(`${fate}, with ${format}: ${statuses.join(', ')}`, async (t) => {
        const { host, heard } = await scripted(t, ({ url }) => {
          const status = Number(/^\/(\d+)/.exec(url)?.[1])
          const before = heard.filter((one) => one.url === url).length
          return { status: before === 1 ? status : 204, headers: { Location: '/elsewhere' } }
        })
        const fates: unknown[] = []
        for (const status of statuses) {
          const url = `/${status}`
          const from = heard.length
          const { stats } = await send({ host, url, method: 'POST', format, ...QUIET }, line(status))
          fates.push([status, heard.length - from, stats.delivered, stats.dropped])
        }

        const wanted = { taken: [1, 1, {}], refused: [1, 0, { refused: 1 }], again: [2, 1, {}] }[fate] ?? []
        assert.deepEqual(
          fates,
          statuses.map((status) => [status, ...wanted]),
        )
      })
    }

    it(`waits for the answer behind those that only inform, ${format}`, async (t) => {
      const { host, heard } = await scripted(t, (_, index, response) => {
        // undici takes 100 for a fault of a server that nobody asked for it.
        if (format === 'python-form') response.writeContinue()
        response.writeProcessing()
        response.writeEarlyHints({ link: '</a>; rel=preload' })
        return { status: index === 0 ? 503 : 200 }
      })

      const { stats } = await send({ host, url: '/in', method: 'POST', format, ...QUIET }, line(1))

      assert.deepEqual([heard.length, stats.delivered], [2, 1])
    })
  }
})

describe('http: Retry-After', () => {
  const forms: readonly [name: string, value: (now: number) => readonly [value: string, due: number]][] = [
    ['in seconds', (now) => ['1', now + 1000]],
    [
      'as a date',
      (now) => {
        const due = Math.ceil(now / 1000 + 1) * 1000
        return [new Date(due).toUTCString(), due]
      },
    ],
  ]
  for (const [name, value] of forms) {
    it(`${name} is waited for`, async (t) => {
      let due = Number.POSITIVE_INFINITY
      const early: number[] = []
      const { host, heard } = await scripted(t, (_, index) => {
        if (index > 0) {
          early.push(due - Date.now())
          return { status: 204 }
        }
        const [retryAfter, at] = value(Date.now())
        due = at
        return { status: 429, headers: { 'Retry-After': retryAfter } }
      })
      const handler = http({ host, url: '/in', format: 'ndjson', flushInterval: 0, closeTimeout: 9.9, ...QUIET })
      t.after(() => handler.destroy())
      handler.write(line(1))
      await until(() => handler.stats.delivered === 1, 60_000)
      await closed(handler)

      // Timers and the clock differ by a few milliseconds.
      assert.deepEqual([heard.length, early.length, early.every((left) => left < 50)], [2, 1, true])
    })
  }

  it('that is over, or no time at all, is not waited for', async (t) => {
    const values = ['0', 'Wed, 21 Oct 2015 07:28:00 GMT', 'soon', '-5']
    const { host, heard } = await scripted(t, (_, index) => {
      const value = values[index]
      return value === undefined ? { status: 204 } : { status: 503, headers: { 'Retry-After': value } }
    })

    const { stats } = await send({ host, url: '/in', format: 'ndjson', ...QUIET }, line(1))

    assert.deepEqual([heard.length, stats.delivered], [5, 1])
  })
})

describe('http: answers that take their time', () => {
  for (const format of FORMATS) {
    it(`are read to their end, ${format}`, async (t) => {
      const sockets = new Set<unknown>()
      const { host, heard } = await scripted(t, (_, index, response) => {
        sockets.add(response.socket)
        answerSlowly(index === 0 ? 'x'.repeat(100) : 'y')
        return undefined

        async function answerSlowly(body: string): Promise<void> {
          response.writeHead(200)
          for (const character of body) {
            response.write(character)
            await setImmediate()
          }
          response.end()
        }
      })
      const batches = format === 'ndjson' ? { maxBatchRecords: 1 } : {}

      const { stats } = await send({ host, url: '/in', method: 'POST', format, ...batches }, line(1) + line(2))

      assert.deepEqual([heard.length, sockets.size, stats.delivered, stats.retries], [2, 1, 2, 0])
    })

    it(`are left when they never end, ${format}`, async (t) => {
      const { host, heard } = await scripted(t, (_, index, response) => {
        if (index > 0) return { status: 204 }
        response.writeHead(200).write('and')
        return undefined
      })

      const { stats } = await send({ host, url: '/in', method: 'POST', format, timeout: 0.2, ...QUIET }, line(1))

      // On a busy machine the second answer may come too late as well.
      assert.deepEqual([heard.length >= 2, stats.delivered, stats.dropped], [true, 1, {}])
    })

    it(`may be far too long, ${format}`, async (t) => {
      const sockets = new Set<unknown>()
      const { host } = await scripted(t, (_, __, response) => {
        sockets.add(response.socket)
        return { status: 200, body: 'x'.repeat(6 * 1024 * 1024) }
      })
      const batches = format === 'ndjson' ? { maxBatchRecords: 1 } : {}

      const { stats } = await send({ host, url: '/in', method: 'POST', format, ...batches }, line(1) + line(2))

      assert.deepEqual([sockets.size, stats.delivered], [1, 2])
    })
  }
})
