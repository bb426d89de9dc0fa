// Records on their way to a destination that comes and goes. The clock and the connections are the test's.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { type Batch, type CommonSettings, Handler, type Monitor, type Stats } from '@pino-handlers/core'
import { type Encode, type Part, retryDefaults, Sender, type SenderSettings } from '@pino-handlers/core/net'
import { assertBalanced } from '../../../../test/support/books.js'
import { line } from '../../../../test/support/lines.js'
import { commonSettings } from '../../../../test/support/settings.js'
import { FakeClient } from './fake-client.js'

/** One part for all records, as streams have it. */
const together: Encode = ({ text, count }) => [{ data: text, count }]

interface Sending {
  readonly handler: Handler
  readonly sender: Sender
  readonly client: FakeClient
  /** What the handler emitted: `state` by its name, the others with their payload. */
  readonly events: unknown[]
  /** Writes records; false asks to wait. */
  log(...messages: readonly string[]): boolean
  /** Lets time pass. */
  seconds(seconds: number): void
}

interface Setup extends Partial<SenderSettings>, Partial<CommonSettings> {
  readonly encode?: Encode
}

/** A handler that sends. Its books are looked at when the test is over. */
function sending(t: TestContext, { encode = together, ...settings }: Setup = {}): Sending {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let now = 0
  t.mock.method(performance, 'now', () => now)
  t.mock.method(Math, 'random', () => 0.5)
  const client = new FakeClient()
  const senders: Sender[] = []
  const createSink = (monitor: Monitor): Sender => {
    const sender = new Sender(client, encode, { maxQueueBytes: 1e6, ...retryDefaults, ...settings }, monitor)
    senders.push(sender)
    return sender
  }
  const handler = new Handler({ name: 'test', settings: commonSettings(settings) }, createSink)
  const events: unknown[] = []
  handler.on('state', ({ state }) => events.push(state))
  for (const event of ['drop', 'failure', 'reconnect']) {
    handler.on(event, (payload) => events.push([event, payload]))
  }
  t.after(() => {
    assertBalanced(handler.stats)
    handler.destroy()
    assertBalanced(handler.stats)
  })
  return {
    handler,
    sender: senders[0] ?? assert.fail(),
    client,
    events,
    log: (...messages) => handler.write(messages.map((message) => `${message}\n`).join('')),
    seconds(seconds) {
      now += seconds * 1000
      t.mock.timers.tick(seconds * 1000)
    },
  }
}

/** The same with a connection that is open and has taken its first record. */
function open(t: TestContext, setup?: Setup): Sending {
  const all = sending(t, setup)
  all.log('first')
  all.client.last.opens()
  all.client.last.takes()
  return all
}

/** Ends `handler`, letting time pass as long as it takes, and gives back its books. */
async function ended({ handler, seconds }: Sending): Promise<Stats> {
  let over = false
  handler.once('close', () => {
    over = true
  })
  handler.end()
  for (;;) {
    await setImmediate()
    if (over) return handler.stats
    seconds(0.05)
  }
}

function flushed(handler: Handler): Promise<string | undefined> {
  return new Promise((resolve) => handler.flush((error) => resolve(error?.message)))
}

/** What has become of a promise so far. */
async function fate(promise: Promise<unknown>): Promise<string> {
  const told = promise.then(
    () => 'resolved',
    () => 'rejected',
  )
  return Promise.race([told, setImmediate('waits')])
}

describe('Sender with a client that knows when to come again', () => {
  it('waits for as long as the client says, although its own pause is shorter', (t) => {
    const { client, log, seconds } = sending(t)
    Object.assign(client, { delayAfter: () => 30 })
    log('a')
    client.last.breaks()
    seconds(29)
    const before = client.connections.length
    seconds(1)
    assert.deepEqual([before, client.connections.length], [1, 2])
  })
})

describe('Sender while all is well', () => {
  it('connects with the first record, not before', (t) => {
    const { client, handler, log } = sending(t)
    const before = client.connections.length
    log('a')
    log('b')

    assert.deepEqual([before, client.connections.length, handler.stats.state], [0, 1, 'connecting'])
  })

  it('holds records while it connects and sends them as one load, in order', (t) => {
    const { client, handler, log } = sending(t)
    log('a')
    log('b', 'c')
    log('d')
    client.last.opens()
    const underWay = handler.stats.queued
    client.last.takes()

    assert.deepEqual([client.sent, underWay, handler.stats.delivered], [[['a\nb\nc\nd\n']], 4, 4])
  })

  it('sends each batch at once and whole when it is open and has nothing else to do', (t) => {
    const { client, log } = open(t)
    log('a', 'b')
    client.last.takes()
    log('c')
    client.last.takes()

    assert.deepEqual(client.sent, [['first\n', 'a\nb\n', 'c\n']])
  })

  it('sends what comes while it is busy as one load', (t) => {
    const { client, log } = open(t)
    log('a')
    for (const message of ['b', 'c', 'd']) log(message)
    client.last.takesAll()

    assert.deepEqual(client.sent, [['first\n', 'a\n', 'b\nc\nd\n']])
  })

  it('sends at most 128 KiB at a time of what was held', (t) => {
    const { client, log } = sending(t)
    const message = 'x'.repeat(1023)
    log(...Array.from({ length: 300 }, () => message))
    client.last.opens()
    client.last.takesAll()

    assert.deepEqual(
      client.last.sent.map(({ length }) => length),
      [128 * 1024, 128 * 1024, 44 * 1024],
    )
  })

  it('counts the bytes that have gone', (t) => {
    const { client, handler, log } = open(t)
    log('é')
    client.last.takes()

    assert.equal(handler.stats.bytes, 'first\n'.length + 3)
  })

  it('connects anew for the next record after it was closed for having nothing to do', (t) => {
    const { client, events, log } = open(t)
    client.last.idles()
    const between = client.connections.length
    log('a')
    client.last.opens()
    client.last.takes()

    assert.deepEqual([between, client.sent, events], [1, [['first\n'], ['a\n']], ['connecting', 'open']])
  })
})

describe('Sender in an outage', () => {
  for (const [random, times] of [
    [0.5, [0, 1, 3, 7, 15, 31, 61, 91]],
    [0, [0, 0.5, 1.5, 3.5, 7.5, 15.5, 30.5, 45.5, 60.5, 75.5, 90.5]],
    [1, [0, 1.5, 4.5, 10.5, 22.5, 46.5, 91.5]],
  ] as const) {
    it(`tries again after Python's pauses, ${0.5 + random} times as long by chance`, (t) => {
      const { client, handler, log, seconds } = sending(t)
      t.mock.method(Math, 'random', () => random)
      log('a')
      const attempts: number[] = []
      for (let half = 0; half <= 200; half++) {
        if (client.connections.length > attempts.length) {
          attempts.push(half / 2)
          client.last.breaks('ECONNREFUSED')
        }
        seconds(0.5)
      }

      assert.deepEqual([attempts, handler.stats.retries], [times, times.length - 1])
    })
  }

  it('tells how it stands, what failed, and that it is back', (t) => {
    const { client, events, log, seconds } = sending(t)
    log('a')
    client.last.breaks('ECONNREFUSED')
    log('b')
    seconds(1)
    client.last.opens()

    const handler = 'test'
    const message = 'cannot connect to fake://there: no: ECONNREFUSED'
    assert.deepEqual(events, [
      'connecting',
      'degraded',
      ['failure', { handler, kind: 'connect', message, code: 'ECONNREFUSED', count: 1 }],
      'open',
      ['reconnect', { handler, to: 'fake://there', held: 2 }],
    ])
  })

  it('replaces a connection that has lasted at once, if something waits', (t) => {
    const { client, log, seconds } = open(t)
    log('a')
    log('b')
    seconds(1)
    client.last.breaks()
    const attempts = client.connections.length
    client.last.opens()
    client.last.takesAll()

    assert.deepEqual(
      [attempts, client.sent],
      [
        2,
        [
          ['first\n', 'a\n'],
          ['a\n', 'b\n'],
        ],
      ],
    )
  })

  it('replaces a connection that has lasted with the next record, if nothing waits', (t) => {
    const { client, log, seconds } = open(t)
    seconds(1)
    client.last.breaks()
    seconds(100)
    const between = client.connections.length
    log('a')

    assert.deepEqual([between, client.connections.length], [1, 2])
  })

  it('starts with the first pause again after a connection that has lasted', (t) => {
    const { client, log, seconds } = sending(t)
    log('a')
    for (const pause of [1, 2, 4]) {
      client.last.breaks('ECONNREFUSED')
      seconds(pause)
    }
    client.last.opens()
    seconds(1)
    client.last.breaks()
    client.last.breaks('ECONNREFUSED')
    const before = client.connections.length
    seconds(1)

    assert.deepEqual([before, client.connections.length], [5, 6])
  })

  it('takes a connection that breaks at once for one that failed', (t) => {
    const { client, handler, log, seconds } = open(t)
    log('a')
    client.last.breaks()
    const attempts = [client.connections.length]
    for (const pause of [0.9, 0.1, 1.9, 0.1]) {
      seconds(pause)
      attempts.push(client.connections.length)
      if (client.connections.length === 2 && pause === 0.1) {
        client.last.opens()
        client.last.breaks()
      }
    }

    assert.deepEqual([attempts, handler.stats.queued], [[1, 1, 2, 2, 3], 1])
  })

  it('takes a server that accepts and hangs up for one that failed, and says so', (t) => {
    const { client, events, log, seconds } = open(t)
    log('a')
    client.last.hangsUp()
    const between = client.connections.length
    seconds(1)

    const message = 'lost the connection to fake://there: the other side closed it at once'
    assert.deepEqual(
      [between, client.connections.length, events.slice(2)],
      [1, 2, ['degraded', ['failure', { handler: 'test', kind: 'send', message, code: null, count: 1 }]]],
    )
  })

  it('takes a server that ends a connection which has lasted for one that is well', (t) => {
    const { client, events, log, seconds } = open(t)
    seconds(1)
    client.last.hangsUp()
    log('a')
    client.last.opens()
    client.last.takes()

    assert.deepEqual(
      [client.sent, events],
      [
        [['first\n'], ['a\n']],
        ['connecting', 'open'],
      ],
    )
  })

  it('sends again what was under way, before what came meanwhile', (t) => {
    const { client, handler, log, seconds } = open(t)
    log('a', 'b')
    log('c')
    client.last.breaks()
    log('d')
    seconds(1)
    client.last.opens()
    client.last.takesAll()

    assert.deepEqual(
      [client.sent, handler.stats.delivered],
      [
        [
          ['first\n', 'a\nb\n'],
          ['a\nb\n', 'c\nd\n'],
        ],
        5,
      ],
    )
  })

  it('does not send again what has gone when the client knows', (t) => {
    const { client, handler, log, seconds } = open(t, { encode: partEach })
    log('a', 'b', 'c')
    client.last.breaks('EIO', 2)
    const { delivered } = handler.stats
    seconds(1)
    client.last.opens()
    client.last.takesAll()

    assert.deepEqual([delivered, client.sent], [3, [['first\n', 'a\n|b\n|c\n'], ['c\n']]])
  })
})

/** A part for each record, as datagrams have it; of `x-y` two parts. */
const partEach: Encode = ({ entries }) =>
  entries.flatMap((entry) =>
    entry.split('-').map((data, index, { length }) => ({ data, count: index === length - 1 ? 1 : 0 })),
  )

describe('Sender of what can never be sent', () => {
  it('counts it as refused, says so, and goes on', (t) => {
    const { client, events, handler, log } = open(t, { encode: partEach })
    log('a', 'big', 'c')
    client.last.takes(1, 'too large')
    client.last.takesAll()

    const { delivered, dropped, queued } = handler.stats
    const message = 'sending to fake://there: too large'
    assert.deepEqual(
      [client.sent, { delivered, dropped, queued }, events.slice(2)],
      [
        [['first\n', 'a\n|big\n|c\n', 'c\n']],
        { delivered: 3, dropped: { refused: 1 }, queued: 0 },
        [
          ['drop', { handler: 'test', reason: 'refused', count: 1 }],
          ['failure', { handler: 'test', kind: 'send', message, code: null, count: 1 }],
        ],
      ],
    )
  })

  for (const [gone, what] of [
    [1, 'first'],
    [2, 'second'],
    [3, 'last'],
  ] as const) {
    it(`leaves out the whole record when the ${what} of its parts is refused`, (t) => {
      const { client, handler, log } = open(t, { encode: partEach })
      log('a', 'b1-b2-b3', 'c')
      client.last.takes(gone, 'too large')
      client.last.takesAll()

      const { delivered, dropped } = handler.stats
      assert.deepEqual([client.last.sent.at(-1), delivered, dropped], ['c\n', 3, { refused: 1 }])
    })
  }
})

describe('Sender with maxQueueRecords 0', () => {
  it('drops what comes during the back-off, and what could not be sent', (t) => {
    const { client, handler, log, seconds } = open(t, { maxQueueRecords: 0, reportDrops: false })
    log('a', 'b')
    log('c')
    client.last.breaks()
    const lost = handler.stats.dropped
    log('d')
    seconds(1)
    const attempts = client.connections.length
    log('e')
    client.last.opens()
    client.last.takesAll()

    assert.deepEqual(
      [lost, attempts, client.sent, handler.stats.dropped, handler.stats.delivered],
      [{ overflow: 3 }, 1, [['first\n', 'a\nb\n'], ['e\n']], { overflow: 4 }, 2],
    )
  })

  for (const settings of [{ maxQueueRecords: 0 }, { maxQueueBytes: 0 }]) {
    it(`holds what comes while it connects or is busy, with ${JSON.stringify(settings)}`, (t) => {
      const { client, handler, log } = sending(t, settings)
      for (const message of ['a', 'b']) log(message)
      client.last.opens()
      for (const message of ['c', 'd']) log(message)
      client.last.takesAll()

      assert.deepEqual([client.sent, handler.stats.delivered], [[['a\nb\n', 'c\nd\n']], 4])
    })
  }

  it('has nothing left to close for after a failed attempt', async (t) => {
    const all = sending(t, { maxQueueRecords: 0 })
    all.log('a')
    const closed = ended(all)
    all.client.last.breaks('ECONNREFUSED')
    const { dropped } = await closed

    assert.deepEqual([dropped, all.client.connections.length], [{ overflow: 1 }, 1])
  })

  it('does not say that what it dropped is safe', async (t) => {
    const { client, handler, log } = sending(t, { maxQueueRecords: 0 })
    log('a')
    const flush = flushed(handler)
    await setImmediate()
    client.last.breaks('ECONNREFUSED')

    assert.equal(await flush, 'cannot connect to fake://there: no: ECONNREFUSED')
  })
})

describe('Sender whose queue is full', () => {
  const [info, error] = [30, 50]
  const records = [
    ['a', info],
    ['b', error],
    ['c', info],
    ['d', info],
  ] as const
  for (const [overflow, kept] of [
    ['drop-oldest', 'cd'],
    ['drop-newest', 'ab'],
    ['drop-below-level', 'bd'],
  ] as const) {
    it(`keeps ${kept} with '${overflow}'`, (t) => {
      const { client, handler } = sending(t, { maxQueueRecords: 2, overflow, reportDrops: false })
      for (const [message, level] of records) handler.write(line(message, { level }))
      client.last.opens()
      client.last.takesAll()

      const sent = client.last.sent.join('').split('\n').slice(0, -1)
      assert.deepEqual(
        [sent.map((each) => JSON.parse(each).msg).join(''), handler.stats.dropped],
        [kept, { overflow: 2 }],
      )
    })
  }

  /** Records go past a queue of two in an outage of one second; gives back what arrives after it. */
  function afterOutage(all: Sending): string[] {
    all.log('before')
    all.client.last.breaks()
    for (const message of ['a', 'b', 'c']) all.log(message)
    all.seconds(1)
    all.client.last.opens()
    all.client.last.takesAll()
    return all.client.last.sent.join('').split('\n').slice(0, -1)
  }

  it('says how many were lost with one record after the outage, in front of what was held', (t) => {
    const all = open(t, { maxQueueRecords: 2 })
    const [before, report, ...rest] = afterOutage(all)
    all.client.last.breaks()
    all.seconds(2)
    all.log('later')
    all.client.last.opens()
    all.client.last.takesAll()

    const { received, delivered, dropped } = all.handler.stats
    assert.deepEqual(
      [before, JSON.parse(report ?? '').dropped, rest, all.client.last.sent, { received, delivered, dropped }],
      ['before', 1, ['b', 'c'], ['later\n'], { received: 7, delivered: 6, dropped: { overflow: 1 } }],
    )
  })

  it('says nothing of it with reportDrops false', (t) => {
    assert.deepEqual(afterOutage(open(t, { maxQueueRecords: 2, reportDrops: false })), ['before', 'b', 'c'])
  })

  it('says how many were lost to a destination that was only slow, once it has caught up', (t) => {
    const { client, log } = open(t, { maxQueueRecords: 2 })
    for (const message of ['a', 'b', 'c', 'd']) log(message)
    client.last.takesAll()

    const [, a, cd, report = ''] = client.last.sent
    assert.deepEqual([a, cd, JSON.parse(report).dropped], ['a\n', 'c\nd\n', 1])
  })

  it('tells the application of it', (t) => {
    const { events, log } = sending(t, { maxQueueRecords: 1 })
    for (const message of ['a', 'b']) log(message)

    assert.deepEqual(events, ['connecting', ['drop', { handler: 'test', reason: 'overflow', count: 1 }]])
  })
})

describe('Sender to a destination that is slower than the application', () => {
  const settings = { maxQueueRecords: 8 }

  it('asks the writer to wait while more than a quarter of the queue is filled', async (t) => {
    const { client, handler, log } = open(t, settings)
    const writes = [log('under way'), log('a', 'b'), log('c'), log('d')]
    const drained = new Promise<void>((resolve) => handler.once('drain', resolve))
    const before = await fate(drained)
    client.last.takes()
    await drained

    assert.deepEqual([writes, before, log('e')], [[true, true, false, false], 'waits', true])
    client.last.takesAll()
    assert.deepEqual(client.last.sent.slice(1), ['under way\n', 'a\nb\nc\nd\n', 'e\n'])
  })

  it('asks it to wait while it connects, too', (t) => {
    const { log } = sending(t, settings)

    assert.deepEqual([log('a', 'b'), log('c')], [true, false])
  })

  it('takes what is written all the same', (t) => {
    const { client, handler, log } = open(t, settings)
    log('under way')
    for (const message of 'abcdefghij') log(message)
    client.last.takesAll()

    const { delivered, dropped } = handler.stats
    assert.deepEqual([client.last.sent[2], delivered, dropped], ['c\nd\ne\nf\ng\nh\ni\nj\n', 11, { overflow: 2 }])
  })

  it('does not ask again once nothing was taken for a quarter of a second, until something is', async (t) => {
    const { client, handler, log, seconds } = open(t, settings)
    log('under way')
    const asked = log('a', 'b', 'c')
    const drained = new Promise<void>((resolve) => handler.once('drain', resolve))
    await fate(drained)
    seconds(0.25)
    await drained
    const stalled = log('d')
    client.last.takes()
    const going = log('e', 'f', 'g')

    assert.deepEqual([asked, stalled, going], [false, true, false])
  })

  it('asks for a second at most, however it goes on', async (t) => {
    const { client, handler, log, seconds } = open(t, settings)
    log('under way')
    log('a', 'b', 'c')
    const drained = new Promise<void>((resolve) => handler.once('drain', resolve))
    const fates: string[] = []
    for (let quarter = 0; quarter < 5; quarter++) {
      seconds(0.2)
      client.last.takes()
      log('d', 'e', 'f')
      fates.push(await fate(drained))
    }

    assert.deepEqual(fates, ['waits', 'waits', 'waits', 'waits', 'resolved'])
  })

  it('does not ask while the destination is away', (t) => {
    const { client, log } = sending(t, settings)
    log('a')
    client.last.breaks()

    assert.equal(log('b', 'c', 'd'), true)
  })
})

describe("Sender with overflow 'block'", () => {
  const settings = { maxQueueRecords: 2, overflow: 'block' } as const

  it('has the writer wait until there is room', async (t) => {
    const all = sending(t, settings)
    const { client, log } = all
    const [first, second, third] = [log('a'), log('b'), log('c')]
    const drained = new Promise<void>((resolve) => all.handler.once('drain', resolve))
    const before = await fate(drained)
    client.last.opens()
    client.last.takesAll()
    await drained
    client.last.takesAll()

    const sent = client.last.sent.join('')
    assert.deepEqual(
      [[first, second, third], before, sent, all.handler.stats.delivered],
      [[true, true, false], 'waits', 'a\nb\nc\n', 3],
    )
  })

  it('delivers in order what waited when it ends', async (t) => {
    const all = sending(t, settings)
    for (const message of ['a', 'b', 'c', 'd', 'e']) all.log(message)
    const closed = ended(all)
    all.client.last.opens()
    const taking = (async () => {
      for (;;) {
        all.client.last.takesAll()
        if ((await fate(closed)) !== 'waits') return
      }
    })()
    const { delivered, dropped } = await closed
    await taking

    assert.deepEqual([all.client.last.sent.join(''), delivered, dropped], ['a\nb\nc\nd\ne\n', 5, {}])
  })

  it('counts what still waits when time is up', async (t) => {
    const all = sending(t, settings)
    for (const message of ['a', 'b', 'c', 'd', 'e']) all.log(message)
    const { delivered, dropped } = await ended(all)

    assert.deepEqual([delivered, dropped], [0, { closed: 5 }])
  })
})

/** A part that says that it was sent before. */
function marked({ data, count }: Part): Part {
  return { data: `(${String(data).trim()})`, count }
}

describe('Sender with a resendWindow', () => {
  const settings = { resendWindow: 6, resent: marked }

  it('sends again what has gone lately, and what was under way, marked; its books do not change', (t) => {
    const { client, handler, log, seconds } = open(t, settings)
    for (const message of ['a', 'bb', 'cc']) {
      log(message)
      client.last.takes()
    }
    log('d')
    log('e')
    seconds(1)
    client.last.breaks()
    client.last.opens()
    client.last.takesAll()

    const { delivered, retries } = handler.stats
    assert.deepEqual(
      [client.last.sent, { delivered, retries }],
      [['(bb)|(cc)|(d)', 'e\n'], { delivered: 6, retries: 1 }],
    )
  })

  it('sends it again after the other side has ended the connection, though nothing waits', (t) => {
    const { client, events, seconds } = open(t, settings)
    seconds(1)
    client.last.hangsUp()
    client.last.opens()
    client.last.takes()

    assert.deepEqual(
      [client.sent, events],
      [
        [['first\n'], ['(first)']],
        ['connecting', 'open'],
      ],
    )
  })

  it('sends it once more when the next connection breaks as well', (t) => {
    const { client, handler, seconds } = open(t, settings)
    seconds(1)
    client.last.breaks()
    client.last.opens()
    client.last.breaks()
    seconds(1)
    client.last.breaks('ECONNREFUSED')
    seconds(2)
    client.last.opens()
    client.last.takes()

    assert.deepEqual([client.sent, handler.stats.delivered], [[['first\n'], ['(first)'], [], ['(first)']], 1])
  })

  it('keeps the newest part, however large it is', (t) => {
    const { client, log, seconds } = open(t, settings)
    log('larger than the window')
    client.last.takes()
    seconds(1)
    client.last.breaks()
    client.last.opens()

    assert.deepEqual(client.last.sent, ['(larger than the window)'])
  })

  it('keeps nothing when it has closed the connection in good order itself', (t) => {
    const { client, log, seconds } = open(t, settings)
    client.last.idles()
    log('a')
    client.last.opens()
    seconds(1)
    client.last.breaks()
    client.last.opens()

    assert.deepEqual(client.last.sent, ['(a)'])
  })

  it('is done when what was sent again has gone', async (t) => {
    const { client, handler, seconds } = open(t, settings)
    seconds(1)
    client.last.breaks()
    const flush = flushed(handler)
    const before = await fate(flush)
    client.last.opens()
    client.last.takes()

    assert.deepEqual([before, await flush], ['waits', undefined])
  })

  it('keeps nothing without it', (t) => {
    const { client, seconds } = open(t, { resent: marked })
    seconds(1)
    client.last.breaks()

    assert.deepEqual(client.sent, [['first\n']])
  })
})

describe('Sender.flush', () => {
  it('resolves when all has gone', async (t) => {
    const { client, handler, log } = sending(t)
    log('a')
    const flushes = [flushed(handler), flushed(handler)]
    client.last.opens()
    log('b')
    const before = await fate(Promise.race(flushes))
    client.last.takesAll()

    assert.deepEqual([before, await Promise.all(flushes)], ['waits', [undefined, undefined]])
  })

  it('resolves at once when there is nothing to send', async (t) => {
    const { client, handler } = sending(t)

    assert.deepEqual([await flushed(handler), client.connections.length], [undefined, 0])
  })

  it('does not wait for what comes later', async (t) => {
    const { client, handler, log } = open(t)
    log('a')
    log('b')
    const flush = flushed(handler)
    await setImmediate()
    log('c')
    client.last.takes()
    log('d')
    const before = await fate(flush)
    client.last.takes()

    assert.deepEqual([before, await flush, handler.stats.queued], ['waits', undefined, 1])
  })

  it('waits for what was written before, though a report of losses goes out first', async (t) => {
    const { client, handler, log, seconds } = open(t, { maxQueueRecords: 1 })
    log('a')
    client.last.breaks()
    log('b')
    log('c')
    const flush = flushed(handler)
    await setImmediate()
    client.last.opens()
    client.last.takes()
    log('d')
    const before = await fate(flush)
    client.last.takes()
    seconds(0)

    assert.deepEqual([before, await flush, client.last.sent.length], ['waits', undefined, 3])
  })

  it('tries at once, whenever the next attempt is due, and rejects when that fails', async (t) => {
    const { client, handler, log } = sending(t)
    log('a')
    client.last.breaks('ECONNREFUSED')
    const flush = flushed(handler)
    await setImmediate()
    const attempts = client.connections.length
    client.last.breaks('EHOSTUNREACH')

    assert.deepEqual([attempts, await flush], [2, 'cannot connect to fake://there: no: EHOSTUNREACH'])
  })

  it('rejects when the other side hangs up again and again', async (t) => {
    const { client, handler, log } = open(t)
    log('a')
    const flush = flushed(handler)
    await setImmediate()
    client.last.hangsUp()

    assert.equal(await flush, 'lost the connection to fake://there: the other side closed it at once')
  })

  it('survives the loss of a connection that can be replaced', async (t) => {
    const { client, handler, log, seconds } = open(t)
    log('a')
    const flush = flushed(handler)
    await setImmediate()
    seconds(1)
    client.last.breaks()
    client.last.opens()
    client.last.takes()

    assert.equal(await flush, undefined)
  })
})

describe('Sender.flushSync', () => {
  it('hands over one load after the other while the system has room', (t) => {
    const { client, handler, log } = open(t)
    log('a')
    log('b')
    handler.flushSync()

    assert.deepEqual([client.sent, handler.stats.queued], [[['first\n', 'a\n', 'b\n']], 0])
  })

  it('gives up when the system has no room', (t) => {
    const { client, handler, log } = open(t)
    log('a')
    log('b')
    client.last.hasRoom = false
    handler.flushSync()

    assert.deepEqual([client.sent, handler.stats.queued], [[['first\n', 'a\n']], 2])
  })

  it('does nothing without a connection', (t) => {
    const { client, handler, log } = sending(t)
    log('a')
    handler.flushSync()

    assert.deepEqual([client.sent, handler.stats.queued], [[[]], 1])
  })
})

describe('Sender.close', () => {
  it('ends the connection at once when nothing is queued', async (t) => {
    const all = open(t)
    const { delivered, state } = await ended(all)

    assert.deepEqual([all.client.last.over, delivered, state], ['ended', 1, 'closed'])
  })

  it('does not connect when nothing was written', async (t) => {
    const all = sending(t)
    await ended(all)

    assert.deepEqual(all.client.connections, [])
  })

  it('sends what is left first, also over a connection that is still on its way', async (t) => {
    const all = sending(t)
    all.log('a')
    const closed = ended(all)
    await setImmediate()
    all.client.last.opens()
    all.client.last.takes()
    const { delivered } = await closed

    assert.deepEqual([delivered, all.client.last.over], [1, 'ended'])
  })

  it('tries at once, then four times a second until closeTimeout, and counts what is left', async (t) => {
    const all = sending(t, { closeTimeout: 1.9 })
    all.log('a', 'b')
    for (let attempt = 0; attempt < 4; attempt++) {
      all.client.last.breaks('ECONNREFUSED')
      all.seconds(30)
    }
    all.client.last.breaks('ECONNREFUSED')
    let attempts = 0
    const connect = all.client.connect.bind(all.client)
    all.client.connect = (listener) => {
      attempts++
      const connection = connect(listener)
      queueMicrotask(() => connection.breaks('ECONNREFUSED'))
      return connection
    }
    const { delivered, dropped } = await ended(all)

    assert.deepEqual([delivered, dropped, attempts], [0, { closed: 2 }, 8])
  })

  it('delivers what is left to a destination that comes back in time', async (t) => {
    const all = open(t)
    all.client.last.breaks()
    all.log('a')
    const closed = ended(all)
    await setImmediate()
    all.client.last.breaks('ECONNREFUSED')
    all.seconds(0.25)
    all.client.last.opens()
    all.client.last.takes()
    const { delivered, dropped } = await closed

    assert.deepEqual([delivered, dropped], [2, {}])
  })

  it('leaves a destination that takes nothing when time is up', async (t) => {
    const all = open(t, { closeTimeout: 1 })
    all.log('a')
    all.log('b')
    const { delivered, dropped } = await ended(all)

    assert.deepEqual([all.client.last.over, delivered, dropped], ['destroyed', 1, { closed: 2 }])
  })

  it('counts what comes after it', async (t) => {
    const all = open(t)
    await ended(all)
    all.log('late')

    const { dropped, lastError } = all.handler.stats
    assert.deepEqual([dropped, lastError], [{ failed: 1 }, 'the connection to fake://there is closed'])
  })

  it('delivers what comes while it waits', async (t) => {
    const all = open(t)
    all.log('a')
    const closed = ended(all)
    await setImmediate()
    all.log('late')
    all.client.last.takesAll()
    const { delivered, dropped } = await closed

    assert.deepEqual([delivered, dropped, all.client.sent], [3, {}, [['first\n', 'a\n', 'late\n']]])
  })

  it('lets go of everything when it is destroyed', async (t) => {
    const { client, handler, log } = open(t)
    log('a')
    handler.destroy()
    await setImmediate()

    assert.deepEqual([client.last.over, handler.stats.dropped], ['destroyed', { closed: 1 }])
  })
})

describe('Sender to a server whose certificate is wrong', () => {
  it('says that it has failed, and tries again after the longest pause', (t) => {
    const { client, events, log, seconds } = sending(t)
    log('a')
    client.last.breaks('DEPTH_ZERO_SELF_SIGNED_CERT')
    const attempts = [29, 1].map((pause) => {
      seconds(pause)
      return client.connections.length
    })
    client.last.opens()
    client.last.takes()

    assert.deepEqual(
      [attempts, events.filter((event) => typeof event === 'string')],
      [
        [1, 2],
        ['connecting', 'failed', 'open'],
      ],
    )
  })

  it('tries once more when it closes, and does not wait', async (t) => {
    const all = sending(t)
    all.log('a')
    all.client.last.breaks('CERT_HAS_EXPIRED')
    let over = false
    all.handler.once('close', () => {
      over = true
    })
    all.handler.end()
    await setImmediate()
    all.client.last.breaks('CERT_HAS_EXPIRED')
    await setImmediate()
    await setImmediate()

    assert.deepEqual([over, all.client.connections.length, all.handler.stats.dropped], [true, 2, { closed: 1 }])
  })

  it('does not wait either when the server refuses ours after it has accepted the connection', async (t) => {
    const all = sending(t)
    all.log('a')
    let over = false
    all.handler.once('close', () => {
      over = true
    })
    all.handler.end()
    await setImmediate()
    all.client.last.opens()
    all.client.last.breaks('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')
    await setImmediate()
    await setImmediate()

    assert.deepEqual([over, all.handler.stats.dropped], [true, { closed: 1 }])
  })
})

describe('Sender of records that cannot be encoded', () => {
  /** Leaves out what contains 'bad'. */
  function picky(onBad: () => void = () => {}): Encode {
    return ({ entries }: Batch, onInvalid) => {
      const good = entries.filter((entry) => !entry.includes('bad'))
      for (const entry of entries.filter((each) => each.includes('bad'))) {
        onInvalid(new Error(entry.trim()))
        onBad()
      }
      return good.length === 0 ? [] : [{ data: good.join(''), count: good.length }]
    }
  }

  it('counts them and sends the others', async (t) => {
    const { client, events, handler, log } = open(t, { encode: picky() })
    log('a', 'bad 1', 'b')
    client.last.takes()
    log('bad 2')
    log('c')
    client.last.takes()

    const { delivered, invalid, queued } = handler.stats
    assert.deepEqual(
      [client.sent, { delivered, invalid, queued }, events.slice(2), await flushed(handler)],
      [
        [['first\n', 'a\nb\n', 'c\n']],
        { delivered: 4, invalid: 2, queued: 0 },
        [['failure', { handler: 'test', kind: 'encode', message: 'bad 1', code: null, count: 1 }]],
        undefined,
      ],
    )
  })

  it('counts a batch whose encoder throws, wherever it is encoded, and sends the others', (t) => {
    const careless: Encode = ({ text, count }, onInvalid) => {
      if (text.includes('bad')) onInvalid(new Error('a bad one'))
      if (text.includes('worse')) throw new Error('a worse one')
      return [{ data: text, count }]
    }
    const { client, handler, log, sender } = sending(t, { encode: careless })
    log('bad', 'worse')
    client.last.opens()
    log('worse')
    sender.flushSync()
    log('a')
    client.last.takesAll()

    const { received, delivered, invalid, queued, lastError } = handler.stats
    assert.deepEqual(
      [client.sent, { received, delivered, invalid, queued, lastError }],
      [[['a\n']], { received: 4, delivered: 1, invalid: 3, queued: 0, lastError: 'a worse one' }],
    )
  })

  it('sends the others over a new connection when one is to be closed for it', (t) => {
    const all = open(t, { encode: picky(() => all.sender.disconnect()) })
    const { client, log } = all
    log('a', 'bad', 'b')
    const [first] = client.connections
    client.last.opens()
    client.last.takesAll()
    log('bad')
    const between = client.connections.length
    log('c')

    assert.deepEqual(
      [first?.over, client.sent, between, client.connections.length],
      ['ended', [['first\n'], ['a\nb\n'], []], 2, 3],
    )
  })

  it('closes the connection only when what is being sent has gone', (t) => {
    const { client, log, sender } = open(t)
    log('a')
    log('b')
    sender.disconnect()
    const [connection] = client.connections
    const before = connection?.over
    client.last.takes()
    client.last.opens()
    client.last.takes()

    assert.deepEqual([before, connection?.over, client.sent], [undefined, 'ended', [['first\n', 'a\n'], ['b\n']]])
  })

  it('keeps a record that is written by who hears of one', (t) => {
    const { client, handler, log } = open(t, { encode: picky() })
    handler.on('failure', () => log('told'))
    log('a', 'bad', 'b')
    client.last.takesAll()

    const { received, delivered, invalid } = handler.stats
    assert.deepEqual(
      [client.sent, { received, delivered, invalid }],
      [[['first\n', 'a\nb\n', 'told\n']], { received: 5, delivered: 4, invalid: 1 }],
    )
  })
})

describe('Sender whose events are logged by itself', () => {
  it('makes one connection', (t) => {
    const { client, handler, log } = sending(t)
    handler.on('state', ({ state }) => log(`now ${state}`))
    log('a')
    client.last.opens()
    client.last.takesAll()

    assert.deepEqual(client.sent, [['a\nnow connecting\nnow open\n']])
  })

  it('waits for the next attempt all the same', (t) => {
    const { client, handler, log, seconds } = sending(t)
    log('a')
    handler.on('state', ({ state }) => log(`now ${state}`))
    handler.on('failure', ({ code }) => log(`failed: ${code}`))
    client.last.breaks('ECONNREFUSED')
    const before = client.connections.length
    seconds(1)
    client.last.opens()
    client.last.takesAll()

    assert.deepEqual([before, client.sent], [1, [[], ['a\nnow degraded\nfailed: ECONNREFUSED\nnow open\n']]])
  })

  it('makes no connection any more when one of them ends it', async (t) => {
    const { client, handler, log } = sending(t)
    handler.on('state', ({ state }) => state === 'open' && handler.destroy())
    log('a')
    client.last.opens()
    await setImmediate()

    assert.deepEqual(
      [client.connections.map(({ over }) => over), handler.stats.dropped],
      [['destroyed'], { closed: 1 }],
    )
  })

  it('goes on trying when an error event has no listener', (t) => {
    const { client, handler, log, seconds } = sending(t, { onError: 'throw' })
    log('a')
    assert.throws(() => client.last.breaks('ECONNREFUSED'), { code: 'ECONNREFUSED' })
    seconds(1)
    client.last.opens()
    client.last.takes()

    assert.equal(handler.stats.delivered, 1)
  })
})
