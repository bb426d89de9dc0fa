// Starting to take from a queue, and stopping, in one thread.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoryQueue } from '@pino-handlers/core/queue'
import queueListener from '@pino-handlers/queue-listener'
import { Child, closed } from './child.js'
import { batchOf, listen, NEVER } from './listen.js'

describe('queueListener', () => {
  it('handles what is put after start(), and tells the queue that it is safe', async () => {
    const { listener, queue, child } = listen()
    await listener.start()
    await queue.put([batchOf('a', 'b'), batchOf('c')], NEVER)
    const { delivered } = await closed(listener)

    assert.deepEqual([child.messages, delivered], [['a', 'b', 'c'], 3])
  })

  it('takes nothing before start()', async () => {
    const { listener, queue, child } = listen()
    queue.putNow?.([batchOf('a')])
    await listener.stop()
    await closed(listener)

    assert.deepEqual([child.messages, queue.takeNow?.().length], [[], 1])
  })

  it('handles with stop() what was queued before it, and what is queued later after the next start()', async () => {
    const { listener, queue, child } = listen()
    const handled: string[][] = []
    await listener.start()
    queue.put([batchOf('a'), batchOf('b')], NEVER)
    await listener.stop()
    handled.push(child.messages)
    const put = queue.put([batchOf('c')], NEVER)
    handled.push(child.messages)
    await listener.start()
    await put
    await listener.stop()
    handled.push(child.messages)
    await closed(listener)

    assert.deepEqual(handled, [
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b', 'c'],
    ])
  })

  it('rejects a second start(), also while the first is under way', async () => {
    const { listener } = listen()
    const first = listener.start()
    const texts = await Promise.all([refusal(listener.start()), first.then(() => refusal(listener.start()))])
    await closed(listener)

    const text = '[queue-listener] has been started already'
    assert.deepEqual(texts, [text, text])
  })

  it('rejects start() without a queue, and after the end', async () => {
    const without = queueListener({ handlers: [new Child()] })
    const { listener } = listen()
    await Promise.all([closed(listener), closed(queueListener({ handlers: [new Child()] }))])
    const texts = [await refusal(without.start()), await refusal(listener.start())]
    await closed(without)

    assert.deepEqual(texts, [
      '[queue-listener] has no queue to take from: option "queue" is not given',
      '[queue-listener] cannot start again: it is closed',
    ])
  })

  it('can be started again when the queue could not be opened', async () => {
    const queue = memoryQueue()
    let opened = 0
    queue.open = () => {
      opened++
      if (opened === 1) throw new Error('somebody else takes')
    }
    const { listener, child } = listen({ queue })
    const text = await refusal(listener.start())
    await listener.start()
    await queue.put([batchOf('a')], NEVER)
    await closed(listener)

    assert.deepEqual([text, child.messages], ['cannot take from memory queue: somebody else takes', ['a']])
  })

  it('has a stop() that may be called twice, at the same time and without a start', async () => {
    const { listener, queue, child } = listen()
    await listener.stop()
    await listener.start()
    queue.put([batchOf('a')], NEVER)
    await Promise.all([listener.stop(), listener.stop()])
    await listener.stop()
    await closed(listener)

    assert.deepEqual(child.messages, ['a'])
  })

  it('handles what is queued when it is disposed of, twice if need be', async () => {
    const { listener, queue, child } = listen()
    await listener.start()
    queue.put([batchOf('a')], NEVER)
    await Promise.all([closed(listener), closed(listener)])
    await closed(listener)

    assert.deepEqual([child.messages, listener.stats.state], [['a'], 'closed'])
  })

  it('gives each record to all handlers', async () => {
    const children = [new Child(), new Child(), new Child()]
    const { listener, queue } = listen({ handlers: children })
    await listener.start()
    await queue.put([batchOf('a', 'b')], NEVER)
    await closed(listener)

    assert.deepEqual(
      children.map(({ messages }) => messages),
      [
        ['a', 'b'],
        ['a', 'b'],
        ['a', 'b'],
      ],
    )
  })

  it('shares a queue with another listener', async () => {
    const queue = memoryQueue()
    const [one, other] = [listen({ queue }), listen({ queue })]
    await Promise.all([one.listener.start(), other.listener.start()])
    await queue.put([batchOf('a')], NEVER)
    await queue.put([batchOf('b')], NEVER)
    await Promise.all([closed(one.listener), closed(other.listener)])

    assert.deepEqual([...one.child.messages, ...other.child.messages].sort(), ['a', 'b'])
  })

  it('does not close a queue that was handed in', async () => {
    const { listener, queue } = listen()
    await listener.start()
    await closed(listener)
    const child = new Child()
    const next = queueListener({ handlers: [child], queue })
    await next.start()
    await queue.put([batchOf('a')], NEVER)
    await closed(next)

    assert.deepEqual(child.messages, ['a'])
  })
})

async function refusal(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: Error) => error.message,
  )
}
