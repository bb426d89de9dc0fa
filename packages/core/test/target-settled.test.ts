// What one of our handlers says of itself, and what it is asked to do.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Handler, type Monitor, sendCommand } from '@pino-handlers/core'
import { commonSettings } from '../../../test/support/settings.js'
import { flushed, Keeper, messages, opens, outcome, settled, supervised } from './target-setup.js'

/** A handler whose destination is there, or not. */
interface Ours {
  readonly handler: Handler
  readonly monitor: Monitor
  readonly messages: string[]
  /** What was asked of it, in order. */
  readonly asked: string[]
}

function ours(): Ours {
  const [taken, asked]: [string[], string[]] = [[], []]
  let monitor: Monitor | undefined
  const handler = new Handler({ name: 'ours', settings: commonSettings({ closeTimeout: 0.05 }) }, (given) => {
    monitor = given
    return {
      settles: true,
      write({ text, count }) {
        taken.push(...messages([text]))
        if (given.state === 'open') given.delivered(count)
      },
      flush() {
        asked.push('flush')
        if (given.state !== 'open') throw new Error('away')
      },
      command: (name) => void asked.push(name),
    }
  })
  return { handler, monitor: monitor ?? assert.fail(), messages: taken, asked }
}

describe('TargetSink.settled', () => {
  it('asks a handler to flush only if it holds something, since a file need not be on the disk', async (t) => {
    const [idle, busy] = [ours(), ours()]
    busy.monitor.received(1)
    for (const { handler } of [idle, busy]) {
      const { sink, log } = supervised(
        t,
        opens(() => handler),
      )
      log('a')
      await sink.settled()
    }
    assert.deepEqual([idle.messages, idle.asked, busy.messages, busy.asked], [['a'], [], ['a'], ['flush']])
  })

  it('asks the fallback as well', async (t) => {
    const [first, second] = [ours(), ours()]
    second.monitor.received(1)
    const fallback = opens(() => second.handler)
    const { sink } = supervised(
      t,
      opens(() => first.handler),
      { fallback },
    )
    await sink.settled()
    assert.deepEqual([first.asked, second.asked], [[], ['flush']])
  })

  it('waits for the flush of a stream that cannot tell what it holds', async (t) => {
    const waiting: (() => void)[] = []
    const stream = Object.assign(new Keeper(), { flush: (done: () => void) => waiting.push(done) })
    const { sink } = supervised(
      t,
      opens(() => stream),
    )
    let isSettled = false
    const done = sink.settled().then(() => {
      isSettled = true
    })
    await settled()
    const before = isSettled
    for (const each of waiting) each()
    await done
    assert.deepEqual([before, isSettled], [false, true])
  })

  it('rejects while a handler cannot hand on what it holds', async (t) => {
    const { handler, monitor } = ours()
    const { sink, log } = supervised(
      t,
      opens(() => handler),
    )
    monitor.state = 'degraded'
    log('a')
    await assert.rejects(sink.settled(), new Error('away'))
  })
})

describe('TargetSink and a handler whose destination is away', () => {
  it('gives the fallback what comes meanwhile, for as long as the handler holds something', async (t) => {
    const first = ours()
    const second = new Keeper()
    const fallback = opens(() => second)
    const { handler, sink, log } = supervised(
      t,
      opens(() => first.handler),
      { fallback },
    )
    const ways: boolean[] = []
    for (const [index, state] of (['open', 'degraded', 'degraded', 'failed', 'connecting'] as const).entries()) {
      first.monitor.state = state
      log(String(index))
      ways.push(sink.isWell)
    }
    first.monitor.delivered(2)
    first.monitor.state = 'open'
    log('5')
    await settled()

    assert.deepEqual(
      [first.messages, second.messages, ways, outcome(handler.stats), handler.stats.targets?.map(outcome)],
      [
        ['0', '1', '4', '5'],
        ['2', '3'],
        [true, false, false, false, false],
        { delivered: 4 },
        [{ delivered: 2 }, { delivered: 4 }],
      ],
    )
  })
})

describe('TargetSink.command', () => {
  it('asks a handler and the fallback, once each', async (t) => {
    const [first, second] = [ours(), ours()]
    const fallback = opens(() => second.handler)
    const { handler } = supervised(
      t,
      opens(() => first.handler),
      { fallback },
    )
    sendCommand(handler, 'rotate')
    const told = await flushed(handler)
    assert.deepEqual([first.asked, second.asked, told], [['rotate', 'flush'], ['rotate', 'flush'], undefined])
  })
})
