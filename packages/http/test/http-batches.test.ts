// When batches go: full, urgent, after a while, or because there is no more time.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import http, { type HttpOptions } from '@pino-handlers/http'
import { assertBalanced } from '../../../test/support/books.js'
import type { AppInput } from '../../../test/support/log-app.js'
import { runFixture } from '../../../test/support/run-node.js'
import { type Scripted, scripted } from '../../../test/support/scripted-server.js'
import { until } from '../../../test/support/until.js'

function lines(level: number, ...numbers: readonly number[]): string {
  return numbers.map((n) => `{"level":${level},"n":${n}}\n`).join('')
}

/** The numbers of the records in each request. */
function numbersIn({ heard }: Scripted): readonly string[] {
  return heard.map(({ body }) => [...body.matchAll(/"n":(\d+)/g)].map(([, n]) => n).join(' '))
}

interface Gathering extends Scripted {
  readonly handler: ReturnType<typeof http>
}

/** A handler whose batches wait for an hour, unless the options say otherwise; it is ended after the test. */
async function gathering(t: TestContext, options: Partial<HttpOptions> = {}): Promise<Gathering> {
  const server = await scripted(t, () => ({ status: 204 }))
  const handler = http({ host: server.host, url: '/in', format: 'ndjson', flushInterval: 3600, ...options })
  t.after(async () => {
    handler.end()
    if (!handler.closed) await once(handler, 'close')
    assertBalanced(handler.stats)
  })
  return { ...server, handler }
}

describe('http in batches', () => {
  it('lets records wait for flushInterval, and sends them in one request', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { handler, heard } = await gathering(t, { flushInterval: 2, timeout: 0 })
    handler.write(lines(30, 1))
    handler.write(lines(30, 2))
    t.mock.timers.tick(1999)
    const before = [heard.length, handler.stats.queued]
    t.mock.timers.tick(1)
    t.mock.timers.reset()
    await until(() => handler.stats.delivered === 2, 60_000)

    assert.deepEqual([before, heard.map(({ body }) => body)], [[0, 2], [lines(30, 1, 2)]])
  })

  for (const format of ['ndjson', 'json'] as const) {
    it(`sends a record of flushLevel at once, with those before it, ${format}`, async (t) => {
      const server = await gathering(t, { format, flushLevel: 'warn' })
      server.handler.write(lines(30, 1, 2))
      server.handler.write(lines(40, 3))
      await until(() => server.handler.stats.delivered === 3, 60_000)

      assert.deepEqual(numbersIn(server), ['1 2 3'])
    })
  }

  it('sends errors at once by default', async (t) => {
    const server = await gathering(t)
    server.handler.write(lines(50, 1))
    await until(() => server.handler.stats.delivered === 1, 60_000)

    assert.deepEqual(numbersIn(server), ['1'])
  })

  it('sends a batch of maxBatchRecords at once', async (t) => {
    const server = await gathering(t, { maxBatchRecords: 3 })
    for (let n = 1; n < 4; n++) server.handler.write(lines(30, n))
    await until(() => server.handler.stats.delivered === 3, 60_000)

    assert.deepEqual(numbersIn(server), ['1 2 3'])
  })

  it('sends a batch of maxBatchBytes at once', async (t) => {
    const server = await gathering(t, { maxBatchBytes: 60 })
    for (let n = 1; n < 5; n++) server.handler.write(lines(30, n))
    await until(() => server.handler.stats.delivered > 0, 60_000)

    assert.deepEqual(
      server.heard.every(({ body }) => Buffer.byteLength(body) <= 60),
      true,
    )
  })

  it('sends what waits for a flush, which calls back when the server has it', async (t) => {
    const server = await gathering(t)
    server.handler.write(lines(30, 1))
    const error = await new Promise((resolve) => server.handler.flush(resolve))

    assert.deepEqual([error, numbersIn(server), server.handler.stats.delivered], [undefined, ['1'], 1])
  })

  it('sends what waits at the end', async (t) => {
    const server = await gathering(t)
    server.handler.write(lines(30, 1))
    server.handler.end()
    await once(server.handler, 'close')

    assert.deepEqual([numbersIn(server), server.handler.stats.delivered], [['1'], 1])
  })
})

describe('http at the end of a process', () => {
  const cutOff = '[http] the process ended with 100 records that could not be delivered\n'
  const endings = [
    ['worker', 'end', 100, ''],
    ['worker', 'return', 100, ''],
    ['worker', 'exit', 100, ''],
    ['in-process', 'end', 100, ''],
    ['in-process', 'return', 100, ''],
    ['in-process', 'exit', 0, cutOff],
  ] as const
  for (const [where, end, arrived, told] of endings) {
    it(`sends what waits, or tells that it is lost: ${where}, ${end}`, async (t) => {
      const { host, heard } = await scripted(t, () => ({ status: 204 }))
      const options = { host, url: '/in', format: 'ndjson', flushInterval: 3600, closeTimeout: 9 }
      const input: AppInput = { where, end, options, count: 100 }
      const { code, stderr } = await runFixture('http-app', input)

      const records = heard.map(({ body }) => body.split('\n').length - 1)
      assert.deepEqual([code, records, stderr], [0, arrived > 0 ? [arrived] : [], told])
    })
  }
})
