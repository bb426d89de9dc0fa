// Parts that somebody else has made, and clients with a mind of their own about failures. Clock and connections are the test's.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Batch, Handler, Monitor, type Sink } from '@pino-handlers/core'
import { type Part, retryDefaults, Sender, type SenderSettings } from '@pino-handlers/core/net'
import { assertBalanced } from '../../../../test/support/books.js'
import { Clock } from '../../../../test/support/clock.js'
import { commonSettings } from '../../../../test/support/settings.js'
import { FakeClient } from './fake-client.js'

interface Adding {
  readonly sender: Sender
  readonly client: FakeClient
  readonly monitor: Monitor
  readonly clock: Clock
}

function adding(t: TestContext, settings: Partial<SenderSettings> = {}, client = new FakeClient()): Adding {
  const clock = new Clock(t)
  t.mock.method(Math, 'random', () => 0.5)
  const monitor = new Monitor('test', 'ignore')
  const sender = new Sender(client, () => [], { maxQueueBytes: 10, ...retryDefaults, ...settings }, monitor)
  t.after(async () => {
    await sender.close(AbortSignal.abort())
    monitor.giveUp('closed', 'closed')
    assertBalanced(monitor.stats)
  })
  return { sender, client, monitor, clock }
}

function parts(...texts: readonly string[]): readonly Part[] {
  return texts.map((data) => ({ data, count: 1 }))
}

describe('Sender with parts that were added', () => {
  it('connects for them, and sends them in order over one connection', (t) => {
    const { sender, client, monitor } = adding(t)
    monitor.received(3)

    sender.add(parts('a', 'b'))
    client.last.opens()
    sender.add(parts('c'))
    client.last.takesAll()

    assert.deepEqual([client.sent, monitor.stats.delivered, monitor.stats.bytes], [[['a|b', 'c']], 3, 3])
  })

  it('holds them without a limit, and says how much it holds', (t) => {
    const { sender, client, monitor } = adding(t)
    monitor.received(300)

    sender.add(parts(...Array.from({ length: 300 }, () => 'é'.repeat(10))))
    const { loadBytes } = sender
    client.last.opens()
    client.last.takesAll()

    assert.deepEqual([loadBytes, sender.loadBytes, monitor.stats.dropped, monitor.stats.delivered], [6000, 0, {}, 300])
  })

  it('keeps those that were not taken when the connection breaks, and sends them first', (t) => {
    const { sender, client, monitor, clock } = adding(t)
    monitor.received(4)

    sender.add(parts('a', 'b', 'c'))
    client.last.opens()
    client.last.breaks('ECONNRESET', 1)
    sender.add(parts('d'))
    clock.passes(1000)
    client.last.opens()
    client.last.takesAll()

    assert.deepEqual([client.sent, monitor.stats.delivered], [[['a|b|c'], ['b|c', 'd']], 4])
  })

  it('counts one that can never be sent, and goes on behind it', (t) => {
    const { sender, client, monitor } = adding(t)
    monitor.received(3)

    sender.add(parts('a', 'b', 'c'))
    client.last.opens()
    client.last.takes(1, 'no')
    client.last.takesAll()

    assert.deepEqual(
      [client.sent, monitor.stats.delivered, monitor.stats.dropped],
      [[['a|b|c', 'c']], 2, { refused: 1 }],
    )
  })

  it('flushes when they have been taken', async (t) => {
    const { sender, client, monitor } = adding(t)
    monitor.received(1)
    sender.add(parts('a'))

    const flushed = sender.flush()
    client.last.opens()
    client.last.takes()

    assert.deepEqual([await flushed, monitor.stats.queued], [undefined, 0])
  })

  it('takes none once it is closed', async (t) => {
    const { sender } = adding(t)

    await sender.close(AbortSignal.timeout(60_000))

    assert.throws(() => sender.add(parts('a')), /the connection to fake:\/\/there is closed/)
  })

  it('leaves the books to the one that has made them', (t) => {
    const gone: unknown[] = []
    const { sender, client, monitor } = adding(t, {
      settled(settled) {
        gone.push(...settled.map(({ data }) => data))
        monitor.deadLettered(settled.length)
      },
    })
    monitor.received(2)

    sender.add(parts('a', 'b'))
    client.last.opens()
    client.last.takes()

    assert.deepEqual([gone, monitor.stats.delivered, monitor.stats.deadLettered], [['a', 'b'], 0, 2])
  })
})

describe('Client.pauseAfter', () => {
  it('makes the handler wait so long and say that it has failed, for the errors that it knows', (t) => {
    const client = Object.assign(new FakeClient(), {
      pauseAfter: ({ code }: Error & { code?: string }) => (code === 'EAUTH' ? 900 : undefined),
    })
    const { sender, monitor, clock } = adding(t, {}, client)
    monitor.received(1)

    sender.add(parts('a'))
    client.last.breaks('ECONNREFUSED')
    const states = [monitor.state]
    clock.passes(1000)
    client.last.breaks('EAUTH')
    states.push(monitor.state)
    clock.passes(899_999)
    const before = client.connections.length
    clock.passes(1)
    client.last.opens()
    states.push(monitor.state)

    assert.deepEqual([states, before, client.connections.length], [['degraded', 'failed', 'open'], 2, 3])
  })
})

describe('Monitor.deadLettered', () => {
  it('settles records that are in a file of their own', () => {
    const sinkOf = (monitor: Monitor): Sink => ({
      settles: true,
      write: ({ count }: Batch) => monitor.deadLettered(count),
    })
    const handler = new Handler({ name: 'test', settings: commonSettings() }, sinkOf)

    handler.write('{"level":30}\n{"level":30}\n')
    const { stats } = handler
    handler.destroy()
    assertBalanced(stats)

    assert.deepEqual([stats.deadLettered, stats.delivered, stats.queued], [2, 0, 0])
  })
})
