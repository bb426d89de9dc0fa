// A stream that belongs to the application.

import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import { liveTarget, type TargetStream } from '@pino-handlers/core/target'
import { line } from '../../../test/support/lines.js'
import { ended, Keeper, messages, outcome, settled, stoppedClock, supervised, thrown } from './target-setup.js'

describe('TargetSink with a stream of the application', () => {
  it('writes each line by itself, and leaves the stream as it was', async (t) => {
    const stream = new Keeper()
    const before = stream.eventNames()
    const { handler, log } = supervised(t, liveTarget(stream))
    log('a', 'b')
    const stats = await ended(handler)

    assert.deepEqual(
      [stream.chunks, stream.eventNames(), stream.writable, outcome(stats)],
      [[line('a'), line('b')], before, true, { delivered: 2 }],
    )
  })

  it('tries one again that has failed and is still there', async (t) => {
    const chunks: string[] = []
    let fails = true
    const stream: TargetStream = {
      write(chunk) {
        if (fails) throw new Error('no')
        chunks.push(chunk)
      },
    }
    const seconds = stoppedClock(t)
    const { handler, log, events } = supervised(t, liveTarget(stream), { retryStart: 1 })
    log('a', 'b')
    await settled()
    fails = false
    seconds(1)

    assert.deepEqual(
      [messages(chunks), outcome(handler.stats), events],
      [['a', 'b'], { delivered: 2 }, ['degraded', 'Object failed: no; it is opened again in 1.0 s', 'open']],
    )
  })

  it('hears what one complains of while it is left alone, and no longer than it is there', async (t) => {
    const stream = Object.assign(new EventEmitter(), { write: () => thrown('no') })
    const { handler, log } = supervised(t, liveTarget(stream), { retryStart: 60, maxRestarts: 0, closeTimeout: 0.05 })
    log('a')
    await settled()
    const heard = stream.emit('error', new Error('no again'))
    const stats = await ended(handler)
    assert.deepEqual([heard, stream.eventNames(), outcome(stats)], [true, [], { delivered: 0, failed: 1 }])
  })

  it('gives up one that has closed, and says that it has', async (t) => {
    const stream = new Keeper()
    const { handler, log, events } = supervised(t, liveTarget(stream), { closeTimeout: 600 })
    log('a')
    await settled()
    stream.destroy()
    await settled()
    log('b')
    const stats = await ended(handler)

    assert.deepEqual(
      [outcome(stats), events],
      [{ delivered: 1, closed: 1 }, ['failed', 'Keeper failed: it closed by itself', 'closed']],
    )
  })

  it('delivers again none of the lines that had gone before the one that failed', async (t) => {
    const kept: string[] = []
    const stream = new Writable({
      autoDestroy: false,
      decodeStrings: false,
      write(chunk, _encoding, done) {
        const [message = ''] = messages([chunk])
        if (message === 'c') done(new Error('no'))
        else kept.push(message)
        if (message !== 'c') done()
      },
    })
    const { handler, log } = supervised(t, liveTarget(stream), { closeTimeout: 0.05, maxRestarts: 0 })
    log('a', 'b', 'c', 'd')
    await settled()
    assert.deepEqual([kept, outcome(handler.stats)], [['a', 'b'], { delivered: 2, queued: 2 }])
  })
})
