// Targets that fail beside healthy ones, in pino's worker.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { Drop, Failure, Stats } from '@pino-handlers/core'
import type { FaultsInput, FaultsOutput } from '../../../test/fixtures/listener-faults.js'
import type { WorkerApp } from '../../../test/fixtures/worker-app.js'
import { fixture, runFixture } from '../../../test/support/run-node.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { assertAllBalanced } from './child.js'

const target = '@pino-handlers/queue-listener'
const COUNT = 100_000

async function outcome(t: TestContext, input: Pick<FaultsInput, 'under' | 'faults'>): Promise<FaultsOutput> {
  const run = await runFixture('listener-faults', { ...input, dir: tempDir(t), count: COUNT, limit: 60_000 })
  return JSON.parse(run.stdout)
}

// What the payloads of events have.
type Told = Partial<Stats & Failure & Drop>

describe('queueListener with targets that fail', () => {
  it('gives healthy ones each record once and in order, beside all that can be wrong', async (t) => {
    const faults = ['listener-throwing', 'listener-rejecting', 'listener-endless']
    const { healthy, error, stats } = await outcome(t, { under: 'queue-listener', faults })

    // Without an error it has closed within pino's limit of 10 seconds.
    assert.ok(stats)
    assertAllBalanced(stats)
    const books = stats.targets?.map(({ handler, received, delivered, dropped }) => {
      return [handler, received, delivered, dropped]
    })
    // Before each record that it throws at there is one that it takes. How many attempts there are is the clock's matter.
    const { delivered: taken = 0 } = stats.targets?.[2] ?? {}
    assert.deepEqual(
      { healthy, error, books },
      {
        healthy: [COUNT, COUNT],
        error: null,
        books: [
          ['queue-listener/file', COUNT, COUNT, {}],
          ['queue-listener/file-2', COUNT, COUNT, {}],
          ['queue-listener/listener-throwing', COUNT, taken, { failed: taken, closed: COUNT - 2 * taken }],
          ['queue-listener/listener-rejecting', COUNT, 0, { closed: COUNT }],
          ['queue-listener/listener-endless', COUNT, COUNT, {}],
        ],
      },
    )
  })

  it("does what pino's targets do not: one target that cannot start costs all records there", async (t) => {
    const { healthy } = await outcome(t, { under: 'targets', faults: ['listener-rejecting'] })

    assert.deepEqual(healthy, [0, 0])
  })

  for (const [by, message] of [
    ['timer', 'thrown by a timer'],
    ['promise', 'rejected by a promise'],
  ]) {
    it(`outlives what a target has ${message}, which nobody catches`, async (t) => {
      const dir = tempDir(t)
      const handlers = [{ target: fixture('listener-astray'), options: { path: join(dir, 'a.log'), by } }]
      const run = await runFixture('worker-app', {
        transport: { target, options: { handlers } },
        pino: { base: null, timestamp: false },
        records: [['info', 'a']],
        ending: 'end',
      } satisfies WorkerApp)

      assert.deepEqual(
        [run.code, files(dir), run.stderr],
        [0, { 'a.log': '{"level":30,"msg":"a"}\n' }, `[queue-listener] ${message}\n`],
      )
    })
  }

  it('tells the main thread of each target by name', async (t) => {
    const path = join(tempDir(t), 'a.log')
    const handlers = [
      { target: 'pino/file', options: { destination: path } },
      { target: fixture('listener-rejecting'), name: 'licensed' },
    ]
    const run = await runFixture('worker-app', {
      transport: { target, options: { handlers, onError: 'ignore', maxRestarts: 0 } },
      records: [['info', 'a']],
      ending: 'end',
    } satisfies WorkerApp)

    const events: [string, Told][] = JSON.parse(run.stdout)
    const told = events
      .filter(([, { handler }]) => handler === 'queue-listener/licensed')
      .map(([event, { state, kind, reason, queued }]) => [event, state ?? kind ?? reason, queued])
    assert.deepEqual(told, [
      ['state', 'connecting', undefined],
      ['state', 'failed', undefined],
      ['failure', 'target', undefined],
      ['drop', 'closed', undefined],
      ['state', 'closed', undefined],
      ['stats', 'closed', 0],
    ])
  })
})
