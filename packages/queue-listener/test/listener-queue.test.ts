// Records out of a queue, in one thread.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LogRecord } from '@pino-handlers/core'
import { memoryQueue } from '@pino-handlers/core/queue'
import { line } from '../../../test/support/lines.js'
import { stderrOf } from '../../../test/support/stderr.js'
import { until } from '../../../test/support/until.js'
import { Child, closed, SlowChild } from './child.js'
import { batchOf, listen, NEVER, ToldQueue } from './listen.js'

describe('queueListener with a queue', () => {
  it('handles a batch once that comes twice, and tells the queue both times', async () => {
    const [batch, more] = [batchOf('a'), batchOf('b')]
    const queue = new ToldQueue([batch], [batch, more])
    const { listener, child } = listen({ queue })
    await listener.start()
    await until(() => queue.acknowledged.length === 3)
    await closed(listener)

    assert.deepEqual(
      [child.messages, queue.acknowledged],
      [
        ['a', 'b'],
        [batch.id, batch.id, more.id],
      ],
    )
  })

  it('ends with handlers that are closed, whatever part of a second closeTimeout is', async () => {
    const { listener, child } = listen({ queue: new ToldQueue([batchOf('a')]), closeTimeout: 9.999 })
    await listener.start()
    await until(() => child.messages.length === 1)
    await closed(listener)

    assert.deepEqual([child.messages, listener.stats.lastError], [['a'], null])
  })

  it('remembers as many batches as dedupeWindow says', async () => {
    const [first, second] = [batchOf('a'), batchOf('b')]
    const { listener, child } = listen({ queue: new ToldQueue([first, second, first, first]), dedupeWindow: 1 })
    await listener.start()
    await until(() => child.messages.length === 3)
    await closed(listener)

    assert.deepEqual(child.messages, ['a', 'b', 'a'])
  })

  it('tells the queue only when the handlers have what was taken', async () => {
    const child = new SlowChild()
    const queue = new ToldQueue([batchOf('a')])
    const { listener } = listen({ handlers: [new Child(), child], queue })
    await listener.start()
    await until(() => child.flushes.length > 0)
    const before = [...queue.acknowledged]
    for (const done of child.flushes.splice(0)) done()
    await until(() => queue.acknowledged.length > 0)
    await closed(listener)

    assert.deepEqual([before, child.messages], [[], ['a']])
  })

  it('does not wait with that for a handler that is down', async () => {
    const queue = new ToldQueue([batchOf('a')])
    const broken = new Child()
    broken.destroy(new Error('broken'))
    const child = new Child()
    const { listener } = listen({ handlers: [broken, child], queue })
    await listener.start()
    await until(() => queue.acknowledged.length > 0)
    await closed(listener)

    assert.deepEqual(child.messages, ['a'])
  })

  it('tries again when the queue cannot be taken from', async () => {
    const queue = new ToldQueue(new Error('one'), new Error('two'), [batchOf('a')])
    const { listener, child } = listen({ queue, retryStart: 0.001 })
    const told: unknown[] = []
    listener.on('failure', ({ kind, message }) => told.push([kind, message]))
    listener.on('state', ({ handler, state }) => {
      if (handler === 'queue-listener') told.push(state)
    })
    await listener.start()
    await until(() => child.messages.length > 0)
    await closed(listener)

    // The second failure is held back: at most one of a kind in 30 seconds is told.
    assert.deepEqual(
      [child.messages, told],
      [['a'], ['degraded', ['queue', 'cannot take from told queue: one'], 'open', 'closed']],
    )
  })

  it('asks a queue that says at once that it has nothing after a pause', async () => {
    let asked = 0
    const queue = new ToldQueue()
    queue.take = async () => {
      asked++
      return []
    }
    const { listener } = listen({ queue, retryStart: 60 })
    await listener.start()
    await closed(listener)

    assert.equal(asked, 1)
  })

  it('reports what goes wrong when it tells the queue', async () => {
    const queue = new ToldQueue([batchOf('a')])
    queue.acknowledge = () => {
      throw new Error('disk full')
    }
    const { listener, child } = listen({ queue })
    const told = new Promise((resolve) => listener.once('failure', resolve))
    await listener.start()
    const failure = await told
    await closed(listener)

    assert.deepEqual(
      [child.messages, failure],
      [['a'], { handler: 'queue-listener', kind: 'queue', message: 'disk full', code: null, count: 1 }],
    )
  })

  it('tells what the queue has to tell', async () => {
    const { listener, queue } = listen()
    const told = new Promise((resolve) => listener.once('failure', ({ message }) => resolve(message)))
    queue.observer?.failed(new Error('a torn tail'))
    await closed(listener)

    assert.deepEqual([await told, queue.observer], ['a torn tail', undefined])
  })

  it('says so when nothing comes through the queue', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { listener } = listen({ queue: memoryQueue('nobody puts'), onError: 'print' })
    const said = stderrOf(t)
    await listener.start()
    await new Promise((resolve) => setImmediate(resolve))
    t.mock.timers.tick(30_000)
    t.mock.timers.reset()
    await closed(listener)

    assert.deepEqual(said, [
      "[queue-listener] nothing has come through memory queue 'nobody puts' for 30 s; does anybody put into it?\n",
    ])
  })

  it('makes of records what prepare says, and keeps its books by that', async () => {
    const prepare = (record: LogRecord): object | null => {
      if (record.msg === 'throws') throw new Error('on purpose')
      return record.msg === 'left out' ? null : { ...record.fields, msg: record.msg.toUpperCase() }
    }
    const { listener, queue, child } = listen({ prepare })
    await listener.start()
    await queue.put([batchOf('a', 'left out', 'throws', 'b')], NEVER)
    listener.write(line('left out'))
    listener.write(line('c'))
    const { received, delivered, filtered, invalid } = await closed(listener)

    assert.deepEqual(
      [child.messages, { received, delivered, filtered, invalid }],
      [['A', 'B', 'C'], { received: 4, delivered: 3, filtered: 2, invalid: 1 }],
    )
  })

  it('handles records by hand, and those of pino, beside the queue', async () => {
    const { listener, queue, child } = listen()
    await listener.start()
    listener.handle(new LogRecord(line('a').trimEnd()))
    listener.handle(line('b').trimEnd())
    listener.handle(line('with its newline'))
    listener.write(line('c').slice(0, 20))
    await queue.put([batchOf('d')], NEVER)
    listener.write(line('c').slice(20))
    await closed(listener)

    assert.deepEqual(child.messages, ['a', 'b', 'with its newline', 'd', 'c'])
  })
})
