// A target that fails in one of the ways there are, and is opened again with its records.

import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import { HandlerOptionError } from '@pino-handlers/core'
import type { TargetStream } from '@pino-handlers/core/target'
import { failing, Keeper, opens, outcome, settled, stoppedClock, supervised, thrown } from './target-setup.js'

/** Ways to fail, and the words in which that is told. */
const failures: Record<string, [make: () => TargetStream | Promise<TargetStream>, told: string]> = {
  'throws at start': [() => thrown('no'), 'fake cannot be opened: no'],
  'rejects at start': [() => Promise.reject(new Error('no')), 'fake cannot be opened: no'],
  'is never ready': [() => new Promise(() => {}), 'fake cannot be opened: it was not ready within 10 s'],
  'throws in write': [failing(() => thrown('no')), 'fake failed: no'],
  'throws in the write of a plain object': [() => ({ write: () => thrown('no') }), 'fake failed: no'],
  'calls back with an error': [failing((done) => done(new Error('no'))), 'fake failed: no'],
  'emits an error': [
    () => {
      const stream = new Writable({ write: () => stream.emit('error', new Error('no')) })
      return stream
    },
    'fake failed: no',
  ],
  'emits an error before it writes anything': [
    () => new Keeper({ construct: (done) => setImmediate(done, new Error('no')) }),
    'fake failed: no',
  ],
  'closes by itself': [
    () => {
      const stream: Writable = new Writable({ write: () => stream.destroy() })
      return stream
    },
    'fake failed: it closed by itself',
  ],
  'has ended before it is written to': [
    () => {
      const stream = new Keeper({ autoDestroy: false })
      stream.end()
      return stream
    },
    'fake failed: it has ended',
  ],
}

describe('TargetSink with a target that fails once', () => {
  for (const [way, [make, told]] of Object.entries(failures)) {
    it(`opens it again with its records when it ${way}`, async (t) => {
      const seconds = stoppedClock(t)
      const keeper = new Keeper()
      const { handler, log, events } = supervised(
        t,
        opens(make, () => keeper),
        { retryStart: 1 },
      )
      log('a', 'b')
      await settled()
      if (handler.stats.state !== 'degraded') seconds(10)
      await settled()
      log('c')
      seconds(1)
      await settled()
      log('d')
      await settled()

      assert.deepEqual(
        [keeper.messages, handler.stats.lastError, outcome(handler.stats), handler.stats.retries, events.at(-1)],
        [['a', 'b', 'c', 'd'], `${told}; it is opened again in 1.0 s`, { delivered: 4 }, 1, 'open'],
      )
    })
  }
})

describe('TargetSink when its options are wrong', () => {
  it('says so at construction', (t) => {
    const target = opens(() => {
      throw new HandlerOptionError('[file] option "filename" is required: a path')
    })
    assert.throws(() => supervised(t, target), new HandlerOptionError('[file] option "filename" is required: a path'))
  })

  it('tries again when it is the system that refuses', (t) => {
    const cause = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'open' })
    const target = opens(() => {
      throw new HandlerOptionError('[file] option "filename" cannot be opened', { cause })
    })
    const { handler } = supervised(t, target)
    assert.equal(handler.stats.state, 'degraded')
  })
})
