// The null handler: it discards, and keeps the same promises as all others.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import type { Handler } from '@pino-handlers/core'
import nullHandler, { type NullOptions } from '@pino-handlers/null'
import { assertBalanced } from '../../../test/support/books.js'
import { line, numbered } from '../../../test/support/lines.js'
import { memoryInUse } from '../../../test/support/memory-in-use.js'
import { runFixture } from '../../../test/support/run-node.js'

async function close(handler: Handler): Promise<void> {
  const closed = once(handler, 'close')
  handler.end()
  await closed
  assertBalanced(handler.stats)
}

describe('nullHandler', () => {
  it('counts what it discards', async () => {
    const handler = nullHandler()
    for (const record of numbered(5)) handler.write(record)
    await close(handler)
    const { received, delivered, dropped, state } = handler.stats
    assert.deepEqual(
      { received, delivered, dropped, state },
      { received: 5, delivered: 5, dropped: {}, state: 'closed' },
    )
  })

  it('takes level and filter as all handlers do', async () => {
    const handler = nullHandler({ level: 'warn', filter: (record) => record.msg !== 'not this one' })
    handler.write(line('low') + line('high', { level: 50 }) + line('not this one', { level: 50 }))
    await close(handler)
    const { received, filtered } = handler.stats
    assert.deepEqual({ received, filtered }, { received: 1, filtered: 2 })
  })

  it('goes through a whole life', async () => {
    const handler = nullHandler()
    const events: string[] = []
    for (const event of ['state', 'stats', 'finish', 'close', 'error']) handler.on(event, () => events.push(event))
    handler.write(line('one'))
    handler.flushSync()
    await new Promise((resolve) => handler.flush(resolve))
    await close(handler)
    handler.write(line('late'))
    assert.deepEqual([events, handler.stats.delivered], [['state', 'stats', 'finish', 'close'], 2])
    assertBalanced(handler.stats)
  })

  for (const [failEvery, size, count] of [
    [1, 1, 10],
    [3, 1, 10],
    [3, 4, 5],
    [7, 100, 3],
    [100, 10, 9],
  ] as const) {
    it(`fails each ${failEvery}. record of ${count} batches of ${size}`, async () => {
      const handler = nullHandler({ failEvery, onError: 'ignore' })
      for (let n = 0; n < count; n++) handler.write(numbered(size).join(''))
      await close(handler)
      const failed = Math.floor((size * count) / failEvery)
      const { delivered, dropped } = handler.stats
      assert.deepEqual(
        { delivered, dropped },
        { delivered: size * count - failed, dropped: failed === 0 ? {} : { rehearsal: failed } },
      )
    })
  }

  it('tells of the failures that it was asked for', async () => {
    const handler = nullHandler({ failEvery: 2, onError: 'ignore' })
    const failures: unknown[] = []
    handler.on('failure', (failure) => failures.push(failure))
    handler.write(numbered(2).join(''))
    await close(handler)
    assert.deepEqual(failures, [
      {
        handler: 'null',
        kind: 'rehearsal',
        message: 'every 2. record fails, as failEvery asks for',
        code: null,
        count: 1,
      },
    ])
  })

  it('takes delayMs for each batch', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const handler = nullHandler({ delayMs: 100 })
    for (const record of numbered(3)) handler.write(record)
    const delivered: number[] = []
    for (let step = 0; step < 6; step++) {
      t.mock.timers.tick(50)
      await new Promise(setImmediate)
      delivered.push(handler.stats.delivered)
    }
    assert.deepEqual(delivered, [0, 1, 1, 2, 2, 3])
    await close(handler)
  })

  it('ends within closeTimeout although delayMs asks for more', async () => {
    const handler = nullHandler({ delayMs: 60_000, closeTimeout: 0.05 })
    for (const record of numbered(3)) handler.write(record)
    await close(handler)
    assert.deepEqual(handler.stats.dropped, { closed: 3 })
  })

  it('starts no thread in-process', async (t) => {
    let workers = 0
    const count = (): number => workers++
    process.on('worker', count)
    t.after(() => process.off('worker', count))
    const handler = nullHandler()
    handler.write(line('one'))
    await close(handler)
    assert.equal(workers, 0)
  })

  it('needs no memory for a million records', async () => {
    const handler = nullHandler()
    // As bytes, so that each chunk is a text of its own.
    const chunk = Buffer.from(numbered(1000).join(''))
    for (let n = 0; n < 100; n++) handler.write(chunk)
    const before = memoryInUse()
    for (let n = 0; n < 1000; n++) handler.write(chunk)
    const grown = memoryInUse() - before
    await close(handler)
    assert.equal(handler.stats.delivered, 1_100_000)
    // A pointer for each record would be 8 MB.
    assert.ok(grown < 6, `grew by ${grown} MB`)
  })

  for (const where of ['worker', 'in-process']) {
    for (const end of ['end', 'exit', 'return']) {
      it(`does not keep a process that ends by ${end} (${where})`, async () => {
        const { code, stdout, stderr } = await runFixture('null-app', { where, options: {}, count: 100, end })
        assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' })
      })
    }
  }
})

describe('the options of null', () => {
  const wrong: [unknown, string][] = [
    [{ delayMs: -1 }, '[null] option "delayMs" must be a non-negative integer, got -1'],
    [{ failEvery: 'often' }, `[null] option "failEvery" must be a non-negative integer, got 'often'`],
    [{ fail_every: 2 }, '[null] unknown option "fail_every"; did you mean "failEvery"?'],
    [null, '[null] options must be an object, got null'],
  ]
  for (const [options, message] of wrong) {
    it(`says what is wrong with ${JSON.stringify(options)}`, () => {
      assert.throws(() => nullHandler(options as NullOptions), { name: 'HandlerOptionError', message })
    })
  }
})
