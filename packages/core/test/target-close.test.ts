// The end of a target, in time.

import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import type { TargetStream } from '@pino-handlers/core/target'
import { ended, Keeper, opens, outcome, settled, supervised, thrown } from './target-setup.js'

describe('TargetSink.close', () => {
  it('ends the target and waits until it has closed', async (t) => {
    const stream = new Keeper({ final: (done) => setImmediate(done) })
    const { handler, log } = supervised(
      t,
      opens(() => stream),
    )
    log('a')
    const stats = await ended(handler)
    assert.deepEqual([stream.closed, stream.messages, outcome(stats)], [true, ['a'], { delivered: 1 }])
  })

  it('does not wait for a stream that finishes and would never close', async (t) => {
    const stream = new Keeper({ autoDestroy: false })
    const { handler, log } = supervised(
      t,
      opens(() => stream),
      { closeTimeout: 600 },
    )
    log('a')
    assert.deepEqual(outcome(await ended(handler)), { delivered: 1 })
  })

  for (const [what, make] of Object.entries<() => TargetStream | Promise<TargetStream>>({
    'never finishes': () => new Keeper({ final: () => {} }),
    'never calls back': () => new Writable({ write: () => {} }),
    'never opens': () => new Promise(() => {}),
    'cannot be opened': () => thrown('no'),
    'throws in end': () => ({ write() {}, end: () => thrown('no') }),
  })) {
    it(`is done in time with a stream that ${what}`, async (t) => {
      const { handler, log } = supervised(t, opens(make), { closeTimeout: 0.1, retryStart: 60 })
      log('a')
      const { delivered, dropped, queued } = await ended(handler)
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
      assert.deepEqual([delivered + lost, queued], [1, 0])
    })
  }

  it('opens a target that is down once more, for what is left', async (t) => {
    const keeper = new Keeper()
    const target = opens(
      () => thrown('no'),
      () => keeper,
    )
    const { handler, log } = supervised(t, target, { retryStart: 60 })
    log('a')
    assert.deepEqual([outcome(await ended(handler)), keeper.messages], [{ delivered: 1 }, ['a']])
  })

  it('waits for a target that is being opened, which is opened once', async (t) => {
    const keeper = new Keeper()
    const target = opens(async () => {
      await settled()
      return keeper
    })
    const { handler, log } = supervised(t, target)
    log('a')
    assert.deepEqual(
      [outcome(await ended(handler)), keeper.messages, keeper.writableFinished, target.times],
      [{ delivered: 1 }, ['a'], true, 1],
    )
  })

  it('ends a stream that comes too late', async (t) => {
    const keeper = new Keeper()
    let open: (stream: Keeper) => void = () => {}
    const target = opens(
      () =>
        new Promise((resolve) => {
          open = resolve
        }),
    )
    const { handler } = supervised(t, target)
    await ended(handler)
    open(keeper)
    await settled()
    assert.deepEqual([keeper.messages, keeper.writableEnded], [[], true])
  })

  it('counts what a stream had worked off when the handler is destroyed', async (t) => {
    const keeper = new Keeper()
    const { handler, log } = supervised(
      t,
      opens(() => keeper),
    )
    log('a')
    const closed = new Promise((resolve) => handler.once('close', resolve))
    handler.destroy()
    await closed
    assert.deepEqual([keeper.messages, outcome(handler.stats)], [['a'], { delivered: 1 }])
  })

  it('counts as dropped what comes later', async (t) => {
    const { handler, log } = supervised(
      t,
      opens(() => new Keeper()),
    )
    await ended(handler)
    log('a')
    assert.deepEqual(outcome(handler.stats), { delivered: 0, closed: 1 })
  })
})
