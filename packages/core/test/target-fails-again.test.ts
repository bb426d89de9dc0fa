// A target that fails time and again, and what becomes of the records.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TargetStream } from '@pino-handlers/core/target'
import { Keeper, messages, opens, outcome, settled, stoppedClock, supervised, thrown } from './target-setup.js'

describe('TargetSink with a target that fails time and again', () => {
  it('opens it with the pauses of SocketHandler, then leaves it alone but for a try now and then', async (t) => {
    const seconds = stoppedClock(t)
    const target = opens(() => thrown('no'))
    const { handler, events } = supervised(t, target, { retryStart: 1, maxRestarts: 3, retryMax: 3 })
    const opened: [at: number, times: number][] = []
    for (let now = 0; now < 200; now++) {
      if (opened.at(-1)?.[1] !== target.times) opened.push([now, target.times])
      seconds(1)
    }

    assert.deepEqual(
      [opened, handler.stats.state, handler.stats.retries, events],
      [
        [
          [0, 1],
          [1, 2],
          [3, 3],
          [6, 4],
          [66, 5],
          [126, 6],
          [186, 7],
        ],
        'failed',
        6,
        ['failed'],
      ],
    )
  })

  it('starts afresh with one that had been well for a while', async (t) => {
    const seconds = stoppedClock(t)
    const streams: Keeper[] = []
    const target = opens(() => {
      const stream = new Keeper()
      streams.push(stream)
      return stream
    })
    const { handler } = supervised(t, target, { retryStart: 1, maxRestarts: 1 })
    const states: string[] = []
    for (const well of [1, 31, 1, 1]) {
      seconds(well)
      streams.at(-1)?.destroy(new Error('no'))
      await settled()
      states.push(handler.stats.state)
      seconds(2)
    }

    assert.deepEqual(states, ['degraded', 'degraded', 'failed', 'failed'])
  })

  it('finds the record that it dies of, drops that one, and delivers each of the others once', async (t) => {
    const seconds = stoppedClock(t)
    const keeper: string[] = []
    const picky = (): TargetStream => ({
      write(text) {
        if (messages([text]).includes('bad')) throw new Error('bad record')
        keeper.push(text)
      },
    })
    const { handler, log } = supervised(t, opens(picky), { retryStart: 1 })
    log('a', 'b', 'bad', 'c')
    log('d')
    for (let turn = 0; turn < 5; turn++) {
      await settled()
      seconds(5)
    }

    assert.deepEqual([messages(keeper), outcome(handler.stats)], [['a', 'b', 'c', 'd'], { delivered: 4, failed: 1 }])
  })

  it('holds records for it within bounds, and tells it of those that had to go', async (t) => {
    const seconds = stoppedClock(t)
    const keeper = new Keeper()
    const target = opens(
      () => thrown('no'),
      () => keeper,
    )
    const { handler, log } = supervised(t, target, { retryStart: 1, maxQueueRecords: 2 })
    for (const message of ['a', 'b', 'c', 'd']) log(message)
    seconds(1)
    await settled()

    assert.deepEqual(
      [keeper.messages.map((each) => each.replace(/ between.*/, '')), outcome(handler.stats)],
      [['2 records dropped', 'c', 'd'], { delivered: 3, overflow: 2 }],
    )
  })

  it('writes thousands of suspects one by one without running out of stack', async (t) => {
    const seconds = stoppedClock(t)
    const lines: string[] = []
    const target = opens(
      () => ({ write: () => thrown('no') }),
      () => ({ write: (text) => lines.push(text) }),
    )
    const { handler } = supervised(t, target, { retryStart: 1 })
    handler.write('{"level":30,"msg":"x"}\n'.repeat(2800))
    await settled()
    seconds(1)
    await settled()

    assert.deepEqual([lines.length, outcome(handler.stats)], [2800, { delivered: 2800 }])
  })
})
