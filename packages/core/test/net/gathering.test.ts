// Records that wait for others, so that they go out together. The clock and the connections are the test's.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { Handler, type Monitor } from '@pino-handlers/core'
import { type GatherSettings, retryDefaults, Sender, type SenderSettings } from '@pino-handlers/core/net'
import { assertBalanced } from '../../../../test/support/books.js'
import { commonSettings } from '../../../../test/support/settings.js'
import { FakeClient } from './fake-client.js'

interface Gathered {
  readonly handler: Handler
  readonly client: FakeClient
  /** Writes a line for each number, of level `level`. */
  log(level: number, ...numbers: readonly number[]): boolean
  /** The numbers of the records that were sent, by connection and call. */
  sent(): readonly (readonly string[])[]
  seconds(seconds: number): void
}

const INFO = 30
const GATHER: GatherSettings = { records: 5, bytes: 1000, interval: 2, level: 50 }

/** A handler whose connection is open; its books are looked at when the test is over. */
function gathering(t: TestContext, settings: Partial<SenderSettings> = {}, isOpen = true): Gathered {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const client = new FakeClient()
  const createSink = (monitor: Monitor): Sender =>
    new Sender(
      client,
      ({ text, count }) => [{ data: text, count }],
      { maxQueueBytes: 1e6, ...retryDefaults, gather: GATHER, ...settings },
      monitor,
    )
  const handler = new Handler({ name: 'test', settings: commonSettings({}) }, createSink)
  t.after(() => {
    handler.destroy()
    assertBalanced(handler.stats)
  })
  const log = (level: number, ...numbers: readonly number[]): boolean =>
    handler.write(numbers.map((n) => `{"level":${level},"n":${n}}\n`).join(''))
  const numbersIn = (text: string): string => [...text.matchAll(/"n":(\d+)/g)].map(([, n]) => n).join(' ')
  if (isOpen) {
    log(50, 0)
    client.last.opens()
    client.last.takes()
  }
  return {
    handler,
    client,
    log,
    sent: () => client.sent.map((texts) => texts.map(numbersIn)),
    seconds: (seconds) => t.mock.timers.tick(seconds * 1000),
  }
}

describe('Sender with records that wait for others', () => {
  it('sends them when the first has waited for the interval, and those that came since wait anew', (t) => {
    const { log, sent, seconds, client, handler } = gathering(t)
    log(INFO, 1)
    seconds(1.9)
    log(INFO, 2)
    const before = [sent(), handler.stats.queued]
    seconds(0.1)
    log(INFO, 3)
    client.last.takes()
    seconds(1.9)
    const between = sent()
    seconds(0.1)

    assert.deepEqual([before, between, sent()], [[[['0']], 2], [['0', '1 2']], [['0', '1 2', '3']]])
  })

  it('sends them when there are as many as go together', (t) => {
    const { log, sent } = gathering(t)
    log(INFO, 1, 2)
    log(INFO, 3, 4)
    const before = sent()
    log(INFO, 5)

    assert.deepEqual([before, sent()], [[['0']], [['0', '1 2 3 4 5']]])
  })

  it('sends them when they have the bytes that go together', (t) => {
    const { log, sent } = gathering(t, { gather: { ...GATHER, bytes: 50 } })
    log(INFO, 1, 2)
    const before = sent()
    log(INFO, 3)

    assert.deepEqual([before, sent()], [[['0']], [['0', '1 2 3']]])
  })

  it('sends a record of the level that does not wait, and those before it, at once', (t) => {
    const { log, sent } = gathering(t)
    log(40, 1)
    log(50, 2)

    assert.deepEqual(sent(), [['0', '1 2']])
  })

  it('sends a batch at once that is full by itself', (t) => {
    const { log, sent } = gathering(t)
    log(INFO, 1, 2, 3, 4, 5, 6)

    assert.deepEqual(sent(), [['0', '1 2 3 4 5 6']])
  })

  it('sends all that came while it was sending, when that was more than goes together', (t) => {
    const { log, sent, client } = gathering(t)
    log(50, 1)
    log(INFO, 2, 3, 4)
    log(INFO, 5, 6, 7)
    client.last.takes()

    assert.deepEqual(sent(), [['0', '1', '2 3 4 5 6 7']])
  })

  it('lets them wait while it connects for the first time', (t) => {
    const { log, sent, client, seconds } = gathering(t, {}, false)
    log(INFO, 1)
    client.last.opens()
    const before = sent()
    seconds(2)

    assert.deepEqual([before, sent()], [[[]], [['1']]])
  })

  it('sends what waits when the destination is there again', (t) => {
    const { log, sent, client, seconds } = gathering(t)
    log(INFO, 1)
    client.last.breaks()
    log(INFO, 2)
    seconds(1.5)
    client.last.opens()

    assert.deepEqual(sent(), [['0'], ['1 2']])
  })

  it('sends them for a flush, which waits for them', async (t) => {
    const { log, sent, client, handler } = gathering(t)
    log(INFO, 1)
    const flushed = new Promise((resolve) => handler.flush(resolve))
    await Promise.resolve()
    client.last.takes()

    assert.deepEqual([await flushed, sent(), handler.stats.queued], [undefined, [['0', '1']], 0])
  })

  it('sends them at the end, and what comes then at once', async (t) => {
    const { log, sent, client, handler } = gathering(t)
    log(INFO, 1)
    const closed = new Promise((resolve) => handler.once('close', resolve))
    handler.end()
    await new Promise(setImmediate)
    client.last.takes()
    await closed

    assert.deepEqual([sent(), handler.stats.delivered], [[['0', '1']], 2])
  })

  it('sends them when the process has nothing else to do', (t) => {
    const others = process.listeners('beforeExit')
    const own = (): NodeJS.BeforeExitListener[] =>
      process.listeners('beforeExit').filter((listener) => !others.includes(listener))
    const { log, sent } = gathering(t)
    log(INFO, 1)
    for (const listener of own()) listener(0)

    assert.deepEqual([sent(), own()], [[['0', '1']], []])
  })

  it('drops nothing for want of room while the destination is well', (t) => {
    const { log, sent, handler } = gathering(t, { maxQueueRecords: 4 })
    log(INFO, 1, 2, 3)
    log(INFO, 4, 5)
    log(INFO, 6, 7)

    assert.deepEqual([sent(), handler.stats.dropped, handler.stats.queued], [[['0', '1 2 3']], {}, 7])
  })

  it('drops nothing for want of room in bytes, which are more than characters', (t) => {
    const { handler, sent } = gathering(t, { maxQueueBytes: 450 })
    for (const n of [1, 2]) handler.write(`{"level":${INFO},"n":${n},"a":"${'€'.repeat(90)}"}\n`)

    assert.deepEqual([sent(), handler.stats.dropped, handler.stats.queued], [[['0', '1']], {}, 2])
  })

  it('does not let a writer wait for room that nobody makes', async (t) => {
    const { log, client, sent } = gathering(t, { maxQueueRecords: 2, overflow: 'block' })
    log(INFO, 1)
    log(INFO, 2)
    client.last.takes()

    assert.deepEqual(sent(), [['0', '1 2']])
  })

  it('lets nothing wait with an interval of 0', (t) => {
    const { log, sent } = gathering(t, { gather: { ...GATHER, interval: 0 } })
    log(INFO, 1)

    assert.deepEqual(sent(), [['0', '1']])
  })
})
