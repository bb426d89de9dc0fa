// Records that go to another target while one is left alone, and each to one of them.

import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import type { TargetStream } from '@pino-handlers/core/target'
import fc from 'fast-check'
import {
  ended,
  failing,
  Keeper,
  messages,
  opens,
  outcome,
  settled,
  stoppedClock,
  supervised,
  thrown,
} from './target-setup.js'

describe('TargetSink with a fallback', () => {
  it('hands records to it while the target is left alone, and takes them back: each goes to one of them', async (t) => {
    const seconds = stoppedClock(t)
    const [first, second] = [new Keeper(), new Keeper()]
    const target = opens(
      () => thrown('no'),
      () => thrown('no'),
      () => first,
    )
    const fallback = opens(() => second)
    const { handler, log, events } = supervised(t, target, { retryStart: 1, maxRestarts: 1, fallback })
    log('held at first')
    await settled()
    seconds(1)
    log('while it is left alone')
    await settled()
    const before = [...second.messages]
    seconds(60)
    log('when it is back')
    await settled()

    assert.deepEqual(
      [before, second.messages, first.messages, outcome(handler.stats), handler.stats.targets?.map(outcome), events],
      [
        ['held at first', 'while it is left alone'],
        ['held at first', 'while it is left alone'],
        ['when it is back'],
        { delivered: 1 },
        [{ delivered: 2 }],
        ['failed', 'open'],
      ],
    )
  })

  it('hands over what the target had not taken when it failed', async (t) => {
    stoppedClock(t)
    const second = new Keeper()
    const target = opens(failing((done) => done(new Error('no'))))
    const { handler, log } = supervised(t, target, { maxRestarts: 0, fallback: opens(() => second) })
    log('a', 'b')
    await settled()
    log('c')
    await settled()

    assert.deepEqual(
      [second.messages, outcome(handler.stats), handler.stats.received],
      [['a', 'b', 'c'], { delivered: 0 }, 0],
    )
  })

  it('closes the fallback in good order too', async (t) => {
    const second = new Keeper()
    const target = opens(() => thrown('no'))
    const { handler, log } = supervised(t, target, { maxRestarts: 0, fallback: opens(() => second) })
    log('a')
    const stats = await ended(handler)

    assert.deepEqual(
      [second.messages, second.writableFinished, target.times, stats.targets?.map(outcome)],
      [['a'], true, 1, [{ delivered: 1 }]],
    )
  })

  it('closes the fallback in good order beside a target that never closes', async (t) => {
    const seconds = stoppedClock(t)
    const second = new Keeper({ final: (done) => setImmediate(done) })
    const target = opens(() => new Keeper({ final: () => {} }))
    const { handler } = supervised(t, target, { closeTimeout: 0.2, fallback: opens(() => second) })
    const closing = ended(handler)
    await settled()
    seconds(0.2)
    await closing

    assert.deepEqual([second.writableFinished, second.closed], [true, true])
  })

  it('hands over at the end what a target that stands still has not been given', async (t) => {
    const second = new Keeper()
    const target = opens(() => new Writable({ highWaterMark: 1, write: () => {} }))
    const { handler, log } = supervised(t, target, { closeTimeout: 0.1, fallback: opens(() => second) })
    log('a')
    log('b')
    const stats = await ended(handler)

    assert.deepEqual(
      [second.messages, outcome(stats), stats.targets?.map(outcome)],
      [['b'], { delivered: 0, closed: 1 }, [{ delivered: 1 }]],
    )
  })
})

describe('TargetSink through any failures', () => {
  // What becomes of each stream that is opened: how many writes it takes, and how it dies of the next.
  const way = fc.constantFrom('throw', 'call back', 'emit', 'close', 'reject', 'refuse')
  const lives = fc.array(fc.record({ way, writes: fc.nat(4) }), { maxLength: 8 })
  // Records that arrive together, or -1 to let time pass.
  const steps = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(-1)), { maxLength: 30 })

  for (const withFallback of [false, true]) {
    const where = withFallback ? 'the target or its fallback' : 'the target'
    it(`gives each record to ${where} once, or counts it as dropped`, async (t) => {
      const seconds = stoppedClock(t)
      await fc.assert(
        fc.asyncProperty(lives, steps, async (plan, arrivals) => {
          const kept: string[] = []
          const makes = plan.map((life) => () => mortal(life, kept))
          const target = opens(...makes, () => mortal({ way: 'throw', writes: Number.POSITIVE_INFINITY }, kept))
          const fallback = opens(() => mortal({ way: 'throw', writes: Number.POSITIVE_INFINITY }, kept))
          const { handler, log } = supervised(t, target, { maxRestarts: 2, ...(withFallback ? { fallback } : {}) })
          let count = 0
          for (const arrival of arrivals) {
            if (arrival > 0) log(...Array.from({ length: arrival }, () => String(count++)))
            else seconds(1)
            await settled()
          }
          for (let minute = 0; minute < 20; minute++) {
            seconds(60)
            await settled()
          }
          const all = [handler.stats, ...(handler.stats.targets ?? [])]
          const failed = all.reduce((sum, { dropped }) => sum + (dropped.failed ?? 0), 0)
          const delivered = all.reduce((sum, stats) => sum + stats.delivered, 0)
          const queued = all.reduce((sum, stats) => sum + stats.queued, 0)
          assert.deepEqual(
            { kept: kept.length, different: new Set(kept).size, total: delivered + failed, queued },
            { kept: delivered, different: delivered, total: count, queued: 0 },
          )
        }),
        { numRuns: 60 },
      )
    })
  }
})

interface Life {
  readonly way: string
  readonly writes: number
}

/** A stream that takes some writes and then dies of one, of which it keeps nothing. */
function mortal({ way, writes }: Life, kept: string[]): TargetStream | Promise<TargetStream> {
  if (way === 'reject') return Promise.reject(new Error('no'))
  if (way === 'refuse') throw new Error('no')
  let left = writes
  const stream: Writable = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      if (left-- > 0) {
        kept.push(...messages([chunk]))
        if (left % 2 === 0) setImmediate(done)
        else done()
      } else if (way === 'throw') throw new Error('no')
      else if (way === 'call back') done(new Error('no'))
      else if (way === 'emit') stream.emit('error', new Error('no'))
      else stream.destroy()
    },
  })
  return stream
}
