// Waiting for a target, up to a point.

import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import { line } from '../../../test/support/lines.js'
import { flushed, Keeper, messages, opens, outcome, settled, stoppedClock, supervised, thrown } from './target-setup.js'

describe('TargetSink.flush', () => {
  it('resolves when the target has taken all that was written before', async (t) => {
    const waiting: (() => void)[] = []
    const target = opens(() => new Writable({ write: (_chunk, _encoding, done) => waiting.push(done) }))
    const { handler, log } = supervised(t, target)
    log('a')
    let said: string | undefined = 'nothing'
    const flush = flushed(handler).then((error) => {
      said = error
    })
    await settled()
    const before = said
    waiting.shift()?.()
    await flush

    assert.deepEqual([before, said, outcome(handler.stats)], ['nothing', undefined, { delivered: 1 }])
  })

  it('waits for what the target says of its own flush', async (t) => {
    const stream = Object.assign(new Keeper(), {
      flush: (done: (error?: Error) => void) => setImmediate(done, new Error('disk full')),
    })
    const { handler, log } = supervised(
      t,
      opens(() => stream),
    )
    log('a')
    assert.equal(await flushed(handler), 'disk full')
  })

  it('rejects when the target is down', async (t) => {
    const { handler, log } = supervised(
      t,
      opens(() => thrown('no')),
      { retryStart: 60 },
    )
    log('a')
    assert.equal(await flushed(handler), 'fake is down')
  })

  it('rejects when the target dies of it', async (t) => {
    const stream = Object.assign(new Keeper(), { flush: (_done: () => void) => stream.destroy(new Error('no')) })
    const { handler } = supervised(
      t,
      opens(() => stream),
      { retryStart: 60 },
    )
    assert.equal(await flushed(handler), 'no')
  })

  it('rejects when the target takes longer than flushTimeout', async (t) => {
    const seconds = stoppedClock(t)
    const { handler, sink, log } = supervised(
      t,
      opens(() => new Writable({ write: () => {} })),
      { flushTimeout: 3 },
    )
    log('a')
    const flush = flushed(handler)
    await settled()
    const before = sink.isWell
    seconds(3)

    assert.deepEqual([await flush, before, sink.isWell], ['fake has not flushed within 3 s', true, false])
  })
})

describe('TargetSink and a target that is slow', () => {
  it('waits for drain, and writes what came meanwhile as one', async (t) => {
    const chunks: string[] = []
    const emitter = new EventEmitter()
    const stream = Object.assign(emitter, {
      write(chunk: string) {
        chunks.push(chunk)
        return false
      },
    })
    const { handler, log } = supervised(
      t,
      opens(() => stream),
    )
    for (const message of ['a', 'b', 'c']) log(message)
    const before = chunks.map((chunk) => messages([chunk]))
    emitter.emit('drain')

    assert.deepEqual(
      [before, chunks.map((chunk) => messages([chunk])), outcome(handler.stats)],
      [[['a']], [['a'], ['b', 'c']], { delivered: 3 }],
    )
  })

  it('lets its writer wait while the target takes something, and not while it takes nothing', async (t) => {
    const seconds = stoppedClock(t)
    const waiting: (() => void)[] = []
    const write = (_chunk: unknown, _encoding: string, done: () => void): void => void waiting.push(done)
    const target = opens(() => new Writable({ highWaterMark: 16_384, write }))
    const { handler } = supervised(t, target, { maxQueueBytes: 400_000 })
    const text = line('x'.repeat(50_000))
    let drains = 0
    handler.on('drain', () => drains++)
    const waits: boolean[] = []
    for (let count = 0; count < 4; count++) waits.push(!handler.write(text))
    await settled()
    waiting.shift()?.()
    await settled()
    for (let quarter = 0; quarter < 2; quarter++) {
      seconds(0.25)
      await settled()
    }
    waits.push(!handler.write(text))

    assert.deepEqual([waits, drains, waiting.length], [[false, false, true, true, false], 1, 1])
  })

  it('holds no more than its bounds for one that stands still', async (t) => {
    const target = opens(() => new Writable({ highWaterMark: 16_384, write: () => {} }))
    const { handler } = supervised(t, target, { maxQueueBytes: 100_000, closeTimeout: 0.05 })
    const text = line('x'.repeat(900))
    for (let count = 0; count < 1000; count++) handler.write(text)
    const { queued, dropped } = handler.stats
    assert.deepEqual([queued < 130, queued + (dropped.overflow ?? 0)], [true, 1000])
  })
})

describe('TargetSink.flushSync', () => {
  it('writes what waits, and counts what a stream has worked off at once', (t) => {
    const stream = new Keeper({ highWaterMark: 1 })
    const { handler, log } = supervised(
      t,
      opens(() => stream),
    )
    log('a')
    log('b')
    handler.flushSync()
    assert.deepEqual([stream.messages, outcome(handler.stats)], [['a', 'b'], { delivered: 2 }])
  })

  it('counts later records right, in the middle of a process', async (t) => {
    const waiting: (() => void)[] = []
    let waits = false
    const stream = new Writable({ write: (_chunk, _encoding, done) => (waits ? waiting.push(done) : done()) })
    const { handler, log } = supervised(
      t,
      opens(() => stream),
      { closeTimeout: 0.05 },
    )
    log('a')
    handler.flushSync()
    waits = true
    log('b')
    await settled()
    assert.deepEqual(outcome(handler.stats), { delivered: 1, queued: 1 })
  })

  it('tells what a stream throws at it', (t) => {
    const stream = Object.assign(new Keeper(), { flushSync: () => thrown('not ready') })
    const { handler, events } = supervised(
      t,
      opens(() => stream),
    )
    handler.flushSync()
    assert.deepEqual(events, ['fake cannot be flushed: not ready'])
  })
})
