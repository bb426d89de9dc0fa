// What the queue handler puts in, and what becomes of what the queue does not take.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import type { Handler } from '@pino-handlers/core'
import queue, { type Queue, type QueueBatch, type QueueOptions } from '@pino-handlers/queue'
import { assertBalanced } from '../../../test/support/books.js'
import { line, numbered } from '../../../test/support/lines.js'
import { ArrayQueue } from './array-queue.js'

/** A quiet handler, which ends with the test, its books in order. */
function handlerOf(t: TestContext, target: Queue, options: Omit<QueueOptions, 'queue'> = {}): Handler {
  const handler = queue({ onError: 'ignore', retryStart: 0.01, retryMax: 0.01, ...options, queue: target })
  // What waits to put again does not keep a process alive.
  const alive = setInterval(() => {}, 1000)
  t.after(async () => {
    clearInterval(alive)
    handler.destroy()
    if (!handler.closed) await once(handler, 'close')
    assertBalanced(handler.stats)
  })
  return handler
}

function flushed(handler: Handler): Promise<string | undefined> {
  return new Promise((resolve) => handler.flush((error) => resolve(error?.message)))
}

async function ended(handler: Handler): Promise<void> {
  handler.end()
  await once(handler, 'close')
}

describe('queue', () => {
  it('puts lines in as they are, in order', async (t) => {
    const target = new ArrayQueue()
    const handler = handlerOf(t, target)
    const lines = [line('a', { big: 1 }), 'no JSON at all\n', '{"2":1,"1":2,"level":30}\r\n', line('é')]
    for (const each of lines) handler.write(each)
    const error = await flushed(handler)

    const { received, delivered, bytes } = handler.stats
    const text = lines.join('')
    assert.deepEqual(
      { text: target.text, received, delivered, bytes, error },
      { text, received: 4, delivered: 4, bytes: Buffer.byteLength(text), error: undefined },
    )
  })

  it('gives each batch an id of its own', async (t) => {
    const target = new ArrayQueue()
    const handlers = [handlerOf(t, target), handlerOf(t, target)]
    for (let n = 0; n < 5; n++) {
      for (const handler of handlers) {
        handler.write(line('a'))
        await flushed(handler)
      }
    }

    assert.deepEqual([target.batches.length, new Set(target.batches.map(({ id }) => id)).size], [10, 10])
  })

  it('cuts what came together into batches of at most 256 KiB, but no line', async (t) => {
    const target = new ArrayQueue()
    const handler = handlerOf(t, target)
    const text = [line('x'.repeat(300 * 1024)), ...numbered(8000), line('y'.repeat(300 * 1024))].join('')
    handler.write(line('first'))
    await flushed(handler)
    handler.write(text)
    await flushed(handler)

    const batches = target.batches.slice(1)
    const most = 256 * 1024
    assert.deepEqual(
      [
        batches.map(({ data }) => data).join('') === text,
        batches.reduce((sum, { count }) => sum + count, 0),
        batches.filter(({ data, count }) => data.length > most && count > 1),
        batches.filter(({ data }) => data.length > most).length,
        batches.length,
      ],
      [true, 8002, [], 2, 2 + Math.ceil(numbered(8000).join('').length / most)],
    )
  })

  it('calls back from flush when the queue has what was written before', async (t) => {
    const target = new ArrayQueue()
    let settle = (): void => {}
    const late: Queue = {
      label: 'late',
      take: () => target.take(),
      acknowledge() {},
      close() {},
      put: (batches) =>
        new Promise((resolve) => {
          settle = () => {
            target.put(batches)
            resolve()
          }
        }),
    }
    const handler = handlerOf(t, late)
    const order: string[] = []
    handler.write(line('a'))
    const flush = flushed(handler).then(() => order.push('flushed'))
    await new Promise(setImmediate)
    order.push('settled')
    settle()
    await flush

    assert.deepEqual([order, target.messages], [['settled', 'flushed'], ['a']])
  })

  it('tells who flushes that the queue does not take it', async (t) => {
    const target = new ArrayQueue()
    target.size = 0
    const handler = handlerOf(t, target)
    handler.write(line('a'))

    assert.equal(await flushed(handler), 'cannot put into array queue: it is full')
  })
})

describe('queue that is full', () => {
  it('puts the same batch again, with the same id, until it is in', async (t) => {
    const target = new ArrayQueue()
    target.size = 0
    const handler = handlerOf(t, target)
    const events: unknown[] = []
    for (const event of ['state', 'failure', 'reconnect']) handler.on(event, (payload) => events.push([event, payload]))
    handler.write(line('a'))
    await once(handler, 'failure')
    handler.write(line('b'))
    while (target.puts.length < 4) await new Promise(setImmediate)
    target.size = 10
    await flushed(handler)

    const again = target.puts.slice(0, -1)
    assert.deepEqual(
      [target.messages, new Set(again.map(String)).size, handler.stats.delivered, handler.stats.retries, events],
      [
        ['a', 'b'],
        1,
        2,
        again.length - 1,
        [
          ['state', { handler: 'queue', state: 'connecting' }],
          ['state', { handler: 'queue', state: 'open' }],
          ['state', { handler: 'queue', state: 'degraded' }],
          [
            'failure',
            {
              handler: 'queue',
              kind: 'put',
              message: 'cannot put into array queue: it is full',
              code: null,
              count: 1,
            },
          ],
          ['state', { handler: 'queue', state: 'open' }],
          ['reconnect', { handler: 'queue', to: 'array queue', held: 2 }],
        ],
      ],
    )
  })

  // The first record is under way already; each tenth one is an error. The queue takes nothing meanwhile.
  const all = Array.from({ length: 100 }, (_, n) => n)
  const errors = all.filter((n) => n % 10 === 0)
  for (const [overflow, kept] of [
    ['drop-oldest', all.slice(-10)],
    ['drop-newest', all.slice(0, 10)],
    ['drop-below-level', errors],
    ['block', all],
  ] as const) {
    it(`keeps ${kept.join(' ')} of ten times its capacity with '${overflow}'`, async (t) => {
      const target = new ArrayQueue()
      const { stats } = await overflowing(t, target, { overflow, maxQueueRecords: 10 })

      const lost = 100 - kept.length
      assert.deepEqual(
        [target.messages, stats.dropped, stats.delivered],
        [['first', ...kept.map(String)], lost > 0 ? { overflow: lost } : {}, 1 + kept.length],
      )
    })
  }

  it('keeps all of protectLevel and the newest below it while there is room for both', async (t) => {
    const target = new ArrayQueue()
    await overflowing(t, target, { overflow: 'drop-below-level', maxQueueRecords: 13 })

    assert.deepEqual(target.messages, ['first', ...all.filter((n) => n % 10 === 0 || n > 96).map(String)])
  })

  it('keeps the newest of protectLevel when even they have no room', async (t) => {
    const target = new ArrayQueue()
    await overflowing(t, target, { overflow: 'drop-below-level', maxQueueRecords: 4 })

    assert.deepEqual(target.messages, ['first', '60', '70', '80', '90'])
  })

  it('says in the queue itself what was dropped', async (t) => {
    const target = new ArrayQueue()
    const { stats } = await overflowing(t, target, { maxQueueRecords: 2, reportDrops: true })

    const [, report, ...rest] = target.text
      .split('\n')
      .slice(0, -1)
      .map((each) => JSON.parse(each))
    assert.deepEqual(
      [report.name, report.dropped, rest.map(({ msg }) => msg), stats.delivered],
      ['pino-handlers.queue', 98, ['98', '99'], 4],
    )
  })

  /** Logs a hundred records while the queue takes nothing, ends the handler when it does, and gives back the books. */
  async function overflowing(t: TestContext, target: ArrayQueue, options: Partial<QueueOptions>): Promise<Handler> {
    target.size = 0
    const handler = handlerOf(t, target, { reportDrops: false, ...options })
    handler.write(line('first'))
    await once(handler, 'failure')
    for (const n of all) handler.write(line(String(n), { level: errors.includes(n) ? 50 : 30 }))
    target.size = 1000
    await once(handler, 'reconnect')
    await ended(handler)
    return handler
  }

  it('loses with maxQueueRecords 0 what it has no room for, as Python does', async (t) => {
    const target = new ArrayQueue()
    target.size = 3
    const handler = handlerOf(t, target, { maxQueueRecords: 0, reportDrops: false })
    for (const each of numbered(5)) {
      handler.write(each)
      await flushed(handler)
    }
    const { dropped, delivered } = handler.stats

    assert.deepEqual([target.messages, dropped, delivered], [['0', '1', '2'], { overflow: 2 }, 3])
  })

  it('gives up at the end what the queue never took', async (t) => {
    const target = new ArrayQueue()
    target.size = 0
    const handler = handlerOf(t, target, { closeTimeout: 0.05 })
    for (const each of numbered(5)) handler.write(each)
    await ended(handler)
    const { dropped, queued, state } = handler.stats

    assert.deepEqual({ dropped, queued, state }, { dropped: { closed: 5 }, queued: 0, state: 'closed' })
  })
})

describe('queue and its observer', () => {
  it('drops a record that is too large for the queue, and goes on', async (t) => {
    const target = Object.assign(new ArrayQueue(), { maxBatchBytes: 1000 })
    const handler = handlerOf(t, target)
    for (const each of ['a', 'x'.repeat(1000), 'b']) {
      handler.write(line(each))
      await flushed(handler)
    }

    const { delivered, dropped, state } = handler.stats
    assert.deepEqual([target.messages, delivered, dropped, state], [['a', 'b'], 2, { refused: 1 }, 'open'])
  })

  it('counts what the queue lost after it had taken it', async (t) => {
    const target = new ArrayQueue()
    const handler = handlerOf(t, target)
    for (const each of numbered(5)) handler.write(each)
    await flushed(handler)
    target.observer?.lost(2, 'disk full')
    const { delivered, dropped } = handler.stats

    assert.deepEqual({ delivered, dropped }, { delivered: 3, dropped: { 'disk full': 2 } })
  })

  it('reports what is wrong with the queue', (t) => {
    const target = new ArrayQueue()
    const handler = handlerOf(t, target)
    const failures: unknown[] = []
    handler.on('failure', ({ kind, message }) => failures.push([kind, message]))
    target.observer?.failed(new Error('a torn segment'))

    assert.deepEqual(failures, [['queue', 'a torn segment']])
  })

  it('leaves one alone that is there', (t) => {
    const target = new ArrayQueue()
    const observer = { lost() {}, failed() {} }
    target.observer = observer
    handlerOf(t, target)

    assert.equal(target.observer, observer)
  })

  it('leaves a queue open that was handed in, with nobody who observes it', async (t) => {
    const target = new ArrayQueue()
    const handler = handlerOf(t, target)
    handler.write(line('a'))
    await ended(handler)

    assert.deepEqual([target.messages, target.isClosed, target.observer], [['a'], false, undefined])
  })
})

describe('queue with enqueue', () => {
  it('puts each batch by it, and again only what it failed with', async (t) => {
    const target = new ArrayQueue()
    const calls: QueueBatch[] = []
    let failures = 1
    const enqueue = async (batch: QueueBatch, to: Queue): Promise<void> => {
      calls.push(batch)
      await new Promise(setImmediate)
      if (batch.count > 1 && failures-- > 0) throw new Error('not now')
      await to.put([batch], AbortSignal.timeout(1000))
    }
    const handler = handlerOf(t, target, { enqueue })
    handler.write(line('first'))
    await flushed(handler)
    const text = [line('x'.repeat(300 * 1024)), line('a'), line('b')].join('')
    handler.write(text)
    await once(handler, 'reconnect')
    await ended(handler)

    assert.deepEqual(
      [target.text === line('first') + text, calls.map(({ count }) => count), handler.stats.delivered],
      [true, [1, 1, 2, 2], 4],
    )
  })

  it('takes one that returns without a promise for done', async (t) => {
    const target = new ArrayQueue()
    const handler = handlerOf(t, target, { enqueue: (batch) => target.put([batch]) })
    handler.write(line('a'))
    handler.flushSync()

    assert.deepEqual([target.messages, handler.stats.delivered], [['a'], 1])
  })

  it('takes one that returns something else for done as well', async (t) => {
    const target = new ArrayQueue()
    const enqueue: (batch: QueueBatch) => void = (batch) => target.batches.push(batch)
    const handler = handlerOf(t, target, { enqueue })
    handler.write(line('a'))
    await flushed(handler)

    assert.deepEqual([target.messages, handler.stats.delivered], [['a'], 1])
  })
})
