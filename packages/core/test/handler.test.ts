// The stream around a sink: what it promises whatever the sink does.

import assert from 'node:assert/strict'
import { finished } from 'node:stream/promises'
import { describe, it } from 'node:test'
import { type Batch, type CommonSettings, Handler, type Monitor, type Sink } from '@pino-handlers/core'
import { assertBalanced } from '../../../test/support/books.js'
import { commonSettings } from '../../../test/support/settings.js'

function handlerOf(sink: Sink | ((monitor: Monitor) => Sink), settings: Partial<CommonSettings> = {}): Handler {
  const createSink = typeof sink === 'function' ? sink : () => sink
  return new Handler({ name: 'test', settings: commonSettings(settings) }, createSink)
}

/** Ends `handler`, checks its books, and gives back those that matter. */
async function booksAfter(handler: Handler): Promise<{ delivered: number; dropped: object }> {
  const closed = new Promise((resolve) => handler.once('close', resolve))
  handler.end()
  await closed
  assertBalanced(handler.stats)
  const { delivered, dropped } = handler.stats
  return { delivered, dropped }
}

/** A write that never settles. */
function never(): Promise<void> {
  return new Promise(() => {})
}

function flushed(handler: Handler): Promise<unknown> {
  return new Promise((resolve) => handler.flush(resolve))
}

describe('Handler with a sink that works', () => {
  it('gives it each chunk once, with its whole lines, and then closes it', async () => {
    const calls: string[] = []
    const handler = handlerOf({
      write: ({ text }) => void calls.push(text),
      close: () => void calls.push('closed'),
    })
    handler.write('a\nb\n')
    handler.write(Buffer.from('c'))
    const books = await booksAfter(handler)
    assert.deepEqual({ calls, books }, { calls: ['a\nb\n', 'c\n', 'closed'], books: { delivered: 3, dropped: {} } })
  })

  it('waits for each write that waits', async () => {
    const calls: string[] = []
    const handler = handlerOf({
      async write({ text }) {
        calls.push(`begin ${text}`)
        await new Promise(setImmediate)
        calls.push(`end ${text}`)
      },
    })
    for (const chunk of ['a\n', 'b\n']) handler.write(chunk)
    await booksAfter(handler)
    assert.deepEqual(calls, ['begin a\n', 'end a\n', 'begin b\n', 'end b\n'])
  })

  it('needs no more than one verb', async () => {
    const handler = handlerOf({ write: () => {} })
    handler.write('a\n')
    handler.flushSync()
    assert.deepEqual([await flushed(handler), await booksAfter(handler)], [undefined, { delivered: 1, dropped: {} }])
  })

  it('leaves the books to a sink that settles records itself', async () => {
    const handler = handlerOf((monitor) => ({
      settles: true,
      write: ({ count }) => {
        monitor.delivered(count - 1)
        monitor.invalid(1, new Error('not that one'))
      },
    }))
    handler.write('a\nb\nc\n')
    await booksAfter(handler)
    const { delivered, invalid } = handler.stats
    assert.deepEqual({ delivered, invalid }, { delivered: 2, invalid: 1 })
  })

  it('tells state and books at the end, once', async () => {
    const handler = handlerOf({ write: () => {} })
    const events: unknown[] = []
    for (const event of ['state', 'stats', 'close']) handler.on(event, (payload) => events.push([event, payload]))
    handler.write('a\n')
    await booksAfter(handler)
    handler.end()
    handler.destroy()
    assert.deepEqual(events, [
      ['state', { handler: 'test', state: 'closed' }],
      ['stats', handler.stats],
      ['close', undefined],
    ])
  })

  it('tells its books every statsInterval seconds', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const handler = handlerOf({ write: () => {} }, { statsInterval: 2 })
    const seen: number[] = []
    handler.on('stats', ({ received }) => seen.push(received))
    for (let second = 0; second < 5; second++) {
      handler.write('a\n')
      t.mock.timers.tick(1000)
    }
    assert.deepEqual(seen, [2, 4])
  })

  it('tells them for the last time when it closes', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const handler = handlerOf({ write: () => {} }, { statsInterval: 2 })
    let told = 0
    handler.on('stats', () => told++)
    await booksAfter(handler)
    t.mock.timers.tick(10_000)
    assert.equal(told, 1)
  })

  it('holds so much for a sink that waits, and as much again once that is gone', async () => {
    const waiting: (() => void)[] = []
    const handler = handlerOf({ write: () => new Promise((resolve) => waiting.push(resolve)) })
    const large = `${'x'.repeat(10 * 1024 * 1024)}\n`
    const taken = async (): Promise<void> => {
      waiting.shift()?.()
      await new Promise(setImmediate)
    }
    handler.write('a\n')
    for (const chunk of [large, large]) handler.write(chunk)
    await taken()
    handler.write(large)
    await taken()
    await taken()
    assert.deepEqual(await booksAfter(handler), { delivered: 3, dropped: { overflow: 1 } })
  })
})

describe('Handler with a sink that fails', () => {
  const failing: Record<string, Sink['write']> = {
    throws: () => {
      throw new Error('no')
    },
    rejects: () => Promise.reject(new Error('no')),
    'throws something that is no Error': () => {
      throw 'no'
    },
  }
  for (const [how, write] of Object.entries(failing)) {
    it(`counts the batch and goes on when it ${how}`, async () => {
      const bad = ({ text }: Batch): boolean => text.includes('bad')
      const handler = handlerOf({ write: (batch) => (bad(batch) ? write(batch) : undefined) })
      const failures: unknown[] = []
      handler.on('failure', ({ kind, message }) => failures.push([kind, message]))
      handler.on('error', (error) => failures.push(error))
      handler.write('good\n')
      handler.write('bad\nbad\n')
      handler.write('good\n')
      const books = await booksAfter(handler)
      assert.deepEqual(
        { failures, books },
        { failures: [['write', 'no']], books: { delivered: 2, dropped: { failed: 2 } } },
      )
    })

    it(`emits 'error' for it with onError 'throw' when it ${how}, and lives on`, async () => {
      const handler = handlerOf({ write }, { onError: 'throw' })
      const errors: string[] = []
      handler.on('error', ({ message }) => errors.push(message))
      handler.write('a\n')
      handler.write('b\n')
      const books = await booksAfter(handler)
      assert.deepEqual({ errors, books }, { errors: ['no', 'no'], books: { delivered: 0, dropped: { failed: 2 } } })
    })

    it(`counts a record that comes after the end when it ${how}`, async () => {
      const handler = handlerOf({ write })
      await booksAfter(handler)
      handler.write('late\n')
      await new Promise(setImmediate)
      assert.deepEqual(handler.stats.dropped, { failed: 1 })
      assertBalanced(handler.stats)
    })
  }

  it('reports a close that fails, and closes', async () => {
    const handler = handlerOf({ write: () => {}, close: () => Promise.reject(new Error('cannot close')) })
    handler.write('a\n')
    assert.deepEqual(await booksAfter(handler), { delivered: 1, dropped: {} })
    assert.equal(handler.stats.lastError, 'cannot close')
  })

  it('gives the failure of a flush to its callback', async () => {
    const handler = handlerOf({ write: () => {}, flush: () => Promise.reject(new Error('cannot flush')) })
    assert.deepEqual(await flushed(handler), new Error('cannot flush'))
    await booksAfter(handler)
  })
})

describe('Handler with a sink that never ends', () => {
  it('closes within closeTimeout when a write never settles, and counts all that waits', async () => {
    const handler = handlerOf({ write: never }, { closeTimeout: 0.05 })
    handler.write('a\n')
    handler.write('b\nc\n')
    const books = await booksAfter(handler)
    assert.deepEqual(books, { delivered: 0, dropped: { closed: 3 } })
  })

  it('closes within closeTimeout when close never settles', async () => {
    const handler = handlerOf({ write: () => {}, close: never }, { closeTimeout: 0.05 })
    handler.write('a\n')
    assert.deepEqual(await booksAfter(handler), { delivered: 1, dropped: {} })
  })

  it('tells the sink that its time is over', async () => {
    const seen: boolean[] = []
    const close = (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        seen.push(signal.aborted)
        signal.addEventListener('abort', () => resolve(void seen.push(signal.aborted)))
      })
    await booksAfter(handlerOf({ write: () => {}, close }, { closeTimeout: 0.05 }))
    assert.deepEqual(seen, [false, true])
  })

  it('does not count a write twice that settles after the end', async () => {
    let settle = (): void => {}
    const write = (): Promise<void> => new Promise((resolve) => (settle = resolve))
    const handler = handlerOf({ write }, { closeTimeout: 0.05 })
    handler.write('a\n')
    const books = await booksAfter(handler)
    settle()
    await new Promise(setImmediate)
    assert.deepEqual(
      [books, handler.stats.delivered, handler.stats.queued],
      [{ delivered: 0, dropped: { closed: 1 } }, 0, 0],
    )
    assertBalanced(handler.stats)
  })

  it('calls back a flush that is waiting, at the latest when it closes', async () => {
    const handler = handlerOf({ write: never }, { closeTimeout: 0.05 })
    const errors: Error[] = []
    handler.on('error', (error) => errors.push(error))
    handler.write('a\n')
    const before = flushed(handler)
    const closed = finished(handler.end())
    const after = flushed(handler)
    await Promise.all([before, after, closed])
    assert.deepEqual(errors, [])
    assertBalanced(handler.stats)
  })

  it('lets go at once when it is destroyed', async () => {
    const handler = handlerOf({ write: never, close: never }, { closeTimeout: 9 })
    handler.write('a\n')
    handler.destroy()
    await new Promise((resolve) => handler.once('close', resolve))
    assert.deepEqual(handler.stats.dropped, { closed: 1 })
    assertBalanced(handler.stats)
  })

  it('leaves no timer behind', async () => {
    const before = timers()
    const handler = handlerOf({ write: () => {} }, { closeTimeout: 9, statsInterval: 9 })
    handler.write('a\n')
    await booksAfter(handler)
    handler.end()
    const destroyed = handlerOf({ write: () => {} }, { closeTimeout: 9 })
    destroyed.destroy()
    destroyed.end()
    await new Promise((resolve) => destroyed.once('close', resolve))
    assert.equal(timers(), before)
  })
})

describe('Handler and records after its end', () => {
  it('gives them to the sink, and is no error', async () => {
    const texts: string[] = []
    const handler = handlerOf({ write: async ({ text }) => void texts.push(text) })
    handler.on('error', assert.fail)
    handler.write('in time\n')
    handler.end('at the end\n')
    await finished(handler)
    const told = new Promise((resolve) => handler.write('late\n', resolve))
    await told
    assert.deepEqual([texts, handler.stats.delivered], [['in time\n', 'at the end\n', 'late\n'], 3])
    assertBalanced(handler.stats)
  })

  it('takes them when end is called with them a second time', async () => {
    const texts: string[] = []
    const handler = handlerOf({ write: ({ text }) => void texts.push(text) })
    handler.on('error', assert.fail)
    await finished(handler.end())
    handler.end('late\n')
    await new Promise(setImmediate)
    assert.deepEqual(texts, ['late\n'])
    assertBalanced(handler.stats)
  })
})

describe('Handler.flush', () => {
  it('waits for writes that are still under way', async () => {
    const texts: string[] = []
    const write = async ({ text }: Batch): Promise<void> => {
      await new Promise(setImmediate)
      texts.push(text)
    }
    const handler = handlerOf({ write, flush: () => void texts.push('flushed') })
    for (const chunk of ['a\n', 'b\n', 'c\n']) handler.write(chunk)
    await flushed(handler)
    assert.deepEqual(texts, ['a\n', 'b\n', 'c\n', 'flushed'])
    await booksAfter(handler)
  })

  it('calls back in a later turn, always', async () => {
    const handler = handlerOf({ write: () => {} })
    const order: string[] = []
    const done = new Promise<void>((resolve) => {
      handler.flush(() => {
        order.push('called back')
        resolve()
      })
    })
    order.push('returned')
    await done
    await booksAfter(handler)
    assert.deepEqual(order, ['returned', 'called back'])
  })
})

function timers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
}
