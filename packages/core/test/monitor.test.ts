// A handler's books, and how it tells of failures.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Monitor } from '@pino-handlers/core'
import fc from 'fast-check'
import { assertBalanced } from '../../../test/support/books.js'
import { stderrOf } from '../../../test/support/stderr.js'

function listening(onError: 'ignore' | 'throw' = 'ignore') {
  const monitor = new Monitor('test', onError)
  const events: unknown[] = []
  monitor.listen((event, payload) => events.push([event, payload]))
  return { monitor, events }
}

describe('the books of Monitor', () => {
  it('begin at zero', () => {
    assert.deepEqual(new Monitor('test').stats, {
      handler: 'test',
      state: 'open',
      received: 0,
      delivered: 0,
      dropped: {},
      deadLettered: 0,
      invalid: 0,
      queued: 0,
      filtered: 0,
      bytes: 0,
      retries: 0,
      lastError: null,
    })
  })

  it('have a place for each way that a record can go', () => {
    const { monitor } = listening()
    monitor.received(10)
    monitor.filtered(3)
    monitor.delivered(4, 400)
    monitor.dropped(2, 'overflow')
    monitor.dropped(1, 'closed')
    monitor.invalid(1, new Error('cannot'))
    monitor.retried()
    monitor.state = 'degraded'
    assert.deepEqual(monitor.stats, {
      handler: 'test',
      state: 'degraded',
      received: 10,
      delivered: 4,
      dropped: { overflow: 2, closed: 1 },
      deadLettered: 0,
      invalid: 1,
      queued: 2,
      filtered: 3,
      bytes: 400,
      retries: 1,
      lastError: 'cannot',
    })
    assertBalanced(monitor.stats)
  })

  it('are a snapshot', () => {
    const { monitor } = listening()
    const before = monitor.stats
    monitor.received(1)
    monitor.dropped(1, 'overflow')
    assert.deepEqual([before.received, before.dropped], [0, {}])
  })

  it('do not count twice what was written off and is settled later', () => {
    const { monitor } = listening()
    monitor.received(5)
    monitor.delivered(1)
    const lost = monitor.writeOff('closed')
    monitor.delivered(3, 30)
    monitor.dropped(1, 'failed')
    monitor.received(1)
    monitor.delivered(1, 10)
    const { delivered, dropped, queued } = monitor.stats
    assert.deepEqual({ lost, delivered, dropped, queued }, { lost: 4, delivered: 2, dropped: { closed: 4 }, queued: 0 })
  })

  it('move what was delivered and is lost after all, but no more than was delivered', () => {
    const { monitor, events } = listening()
    monitor.received(5)
    monitor.delivered(3)
    monitor.undelivered(2, 'queue full')
    monitor.undelivered(2, 'queue full')
    const { delivered, dropped, queued } = monitor.stats
    assert.deepEqual(
      { delivered, dropped, queued, events },
      {
        delivered: 0,
        dropped: { 'queue full': 3 },
        queued: 2,
        events: [['drop', { handler: 'test', reason: 'queue full', count: 2 }]],
      },
    )
  })

  it('count what is left out on purpose as filtered, and not as received, unless it was written off', () => {
    const { monitor } = listening()
    monitor.received(5)
    monitor.leftOut(2)
    monitor.writeOff('closed')
    monitor.leftOut(3)
    const { received, filtered, dropped, queued } = monitor.stats
    assert.deepEqual(
      { received, filtered, dropped, queued },
      { received: 3, filtered: 2, dropped: { closed: 3 }, queued: 0 },
    )
  })

  it('are told at the end as far as records were lost, in words', (t) => {
    const said = stderrOf(t)
    const monitor = new Monitor('test', 'print')
    monitor.received(7)
    monitor.dropped(1, 'overflow')
    monitor.dropped(4, 'reader gone')
    monitor.giveUp('closed', 'closed')

    assert.deepEqual(said, [
      '[test] dropped 1 record for want of room in the queue\n',
      '[test] closed with 2 records that could not be delivered\n',
    ])
  })

  it('balance whatever happens in whatever order', () => {
    const outcome = fc.constantFrom('delivered', 'dropped', 'invalid', 'writeOff')
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 5 }), outcome), { maxLength: 30 }), (steps) => {
        const { monitor } = listening()
        let open = 0
        for (const [count, how] of steps) {
          monitor.received(count)
          open += count
          const settled = Math.min(open, 3)
          if (how === 'writeOff') monitor.writeOff('exit')
          else if (how === 'delivered') monitor.delivered(settled)
          else if (how === 'dropped') monitor.dropped(settled, 'overflow')
          else monitor.invalid(settled, new Error('no'))
          open -= how === 'writeOff' ? 0 : settled
          assertBalanced(monitor.stats)
        }
      }),
    )
  })
})

describe('the reports of Monitor', () => {
  it('tell the first failure of a kind, then one in 30 seconds with their number', (t) => {
    t.mock.timers.enable({ apis: ['Date'] })
    const { monitor, events } = listening()
    const fail = (kind: string): void =>
      monitor.failure(kind, Object.assign(new Error(`${kind} went wrong`), { code: 'EX' }))
    fail('write')
    fail('open')
    fail('write')
    t.mock.timers.tick(29_999)
    fail('write')
    t.mock.timers.tick(1)
    fail('write')
    const told = (kind: string, count: number) => [
      'failure',
      { handler: 'test', kind, message: `${kind} went wrong`, code: 'EX', count },
    ]
    assert.deepEqual(events, [told('write', 1), told('open', 1), told('write', 3)])
  })

  it('tell that all is well again as often as they told that it is not', (t) => {
    t.mock.timers.enable({ apis: ['Date'] })
    const said = stderrOf(t)
    const monitor = new Monitor('test', 'print')
    for (let outage = 0; outage < 3; outage++) {
      monitor.failure('send', new Error('it is away'))
      monitor.recovered('writing to it', outage + 1)
      t.mock.timers.tick(outage * 30_000)
    }

    assert.deepEqual(said, [
      '[test] it is away\n',
      '[test] writing to it again; 1 record was held\n',
      '[test] it is away (1 more like this since the last report)\n',
      '[test] writing to it again; 3 records were held\n',
    ])
  })

  it('tell drops once a second for each reason, and the rest at the end', (t) => {
    t.mock.timers.enable({ apis: ['Date'] })
    const { monitor, events } = listening()
    monitor.received(10)
    monitor.dropped(1, 'overflow')
    monitor.dropped(2, 'overflow')
    monitor.dropped(0, 'never')
    t.mock.timers.tick(1000)
    monitor.dropped(3, 'overflow')
    monitor.dropped(4, 'overflow')
    monitor.close()
    const drop = (count: number) => ['drop', { handler: 'test', reason: 'overflow', count }]
    assert.deepEqual(events.slice(0, 3), [drop(1), drop(5), drop(4)])
  })

  it('tell once what was held back, also of what comes after the end', (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 0 })
    const { monitor, events } = listening()
    for (let n = 0; n < 3; n++) monitor.dropped(1, 'overflow')
    monitor.close()
    t.mock.timers.tick(1000)
    monitor.dropped(1, 'overflow')
    const drops = events.flatMap((event) => (Array.isArray(event) && event[0] === 'drop' ? [event[1].count] : []))
    assert.deepEqual(drops, [1, 2, 1])
  })

  it('tell a state only when it changes, and end with the books', () => {
    const { monitor, events } = listening()
    monitor.state = 'open'
    monitor.state = 'degraded'
    monitor.state = 'degraded'
    monitor.close()
    assert.deepEqual(events, [
      ['state', { handler: 'test', state: 'degraded' }],
      ['state', { handler: 'test', state: 'closed' }],
      ['stats', monitor.stats],
    ])
  })

  it('tell of what a child of it could not deliver, and end with its books', () => {
    const { monitor, events } = listening()
    const child = monitor.child('one')
    child.received(3)
    child.delivered(1)
    monitor.giveUp('exit', 'the process ended')
    monitor.close()
    const closed = (handler: string) => ['state', { handler, state: 'closed' }]
    assert.deepEqual(events, [
      ['drop', { handler: 'test/one', reason: 'exit', count: 2 }],
      closed('test/one'),
      ['stats', child.stats],
      closed('test'),
      ['stats', monitor.stats],
    ])
    assertBalanced(child.stats)
  })

  it("are 'error' events, each one, with onError 'throw'", () => {
    const { monitor, events } = listening('throw')
    const error = new Error('no')
    monitor.failure('write', error)
    monitor.failure('write', 'a text')
    assert.deepEqual(events, [
      ['error', error],
      ['error', new Error('a text')],
    ])
  })
})
