// A server that is killed and started again while records come.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import http from '@pino-handlers/http'
import { closed } from '../../../test/support/closed.js'
import { QUICK } from '../../../test/support/scripted-server.js'
import { freePort } from '../../../test/support/server-process.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { ToldProcess } from '../../../test/support/told-process.js'
import { until } from '../../../test/support/until.js'

const RECORDS = 100_000
const RESTARTS = 10

interface Batch {
  readonly key: string
  readonly body: string
}

/** What a server has written, but for what it was writing when it was killed. */
function batchesIn(file: string): Batch[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line))
}

describe('http: a server that is killed and started again', () => {
  it('gets every record in order, and twice only whole batches with the same key', async (t) => {
    const dir = tempDir(t)
    const port = await freePort()
    const files = Array.from({ length: RESTARTS + 1 }, (_, life) => join(dir, `${life}.ndjson`))
    const handler = http({
      host: `127.0.0.1:${port}`,
      url: '/in',
      format: 'ndjson',
      maxBatchRecords: 500,
      maxQueueBytes: '256MiB',
      closeTimeout: 9.9,
      ...QUICK,
      onError: 'ignore',
    })
    t.after(() => handler.destroy())
    let count = 0
    const log = async (until: number): Promise<void> => {
      while (count < until) {
        for (const end = Math.min(count + 500, until); count < end; count++) {
          handler.write(`{"level":30,"time":1508025600123,"n":${count}}\n`)
        }
        await setImmediate()
      }
    }
    for (const [life, file] of files.entries()) {
      // Every other server is killed with a batch that it has written and not answered, the rest at any moment.
      const answers = life % 2 === 1 ? life % 5 : undefined
      const server = new ToldProcess<object, string>(t, 'http-server', { port, file, answers })
      await server.hear((news) => news === 'ready')
      await log(((life + 0.7) * RECORDS) / files.length)
      const batches = (answers ?? life % 4) + 1
      await until(() => server.news.length > batches, 60_000)
      if (life < RESTARTS) await server.kill()
      await log(((life + 1) * RECORDS) / files.length)
    }
    await until(() => handler.stats.delivered === count, 120_000)
    const { delivered, dropped } = await closed(handler)

    const batches = files.flatMap(batchesIn)
    const first = new Map(batches.toReversed().map(({ key, body }) => [key, body]))
    const again = batches.filter(({ key }, index) => batches[index - 1]?.key === key)
    const changed = batches.filter(({ key, body }) => first.get(key) !== body)
    const inOrder = [...new Map(batches.map(({ key, body }) => [key, body])).values()].join('')
    const numbers = [...inOrder.matchAll(/"n":(\d+)/g)].map(([, digits]) => Number(digits))
    t.diagnostic(`${batches.length} batches, ${batches.length - first.size} of them twice`)
    assert.deepEqual(
      [numbers.length, numbers.every((n, index) => n === index), changed, again.length >= 5, { delivered, dropped }],
      [RECORDS, true, [], true, { delivered: RECORDS, dropped: {} }],
    )
    // One that came twice did so before the next: nothing was overtaken.
    assert.equal(again.length, batches.length - first.size)
  })
})
