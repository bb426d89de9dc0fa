// When a queue is told that its batches are safe, and how far a listener runs ahead of that.

import assert from 'node:assert/strict'
import { channel } from 'node:diagnostics_channel'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import queueListener from '@pino-handlers/queue-listener'
import { stderrOf } from '../../../test/support/stderr.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { Child, closed, SlowChild } from './child.js'
import { batchOf, listen, ToldQueue } from './listen.js'

// A target that is open when the test says so.
const SLOW_TARGET = `
  import { subscribe, unsubscribe } from 'node:diagnostics_channel'
  import { Writable } from 'node:stream'
  export default () => new Promise((resolve) => {
    const open = () => {
      unsubscribe('listener-safe', open)
      resolve(new Writable({ write: (chunk, encoding, done) => done() }))
    }
    subscribe('listener-safe', open)
  })
`

// What does not happen at once happens after some turns.
async function turns(): Promise<void> {
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve))
}

describe('a queue of queueListener', () => {
  it('gives no more than a mebibyte and a batch that the handlers have not told to be safe', async () => {
    const child = new SlowChild()
    const batches = ['a', 'b', 'c'].map((letter) => batchOf(letter.repeat(600_000)))
    const queue = new ToldQueue(batches)
    const { listener } = listen({ handlers: [child], queue, maxQueueBytes: '10MB' })
    await listener.start()
    await until(() => child.messages.length === 2 && child.flushes.length > 0)
    await turns()
    const before = [child.messages.length, queue.acknowledged.length]
    await until(() => {
      for (const done of child.flushes.splice(0)) done()
      return queue.acknowledged.length === 3
    })
    await closed(listener)

    assert.deepEqual(
      [before, child.messages.map(([first]) => first), queue.acknowledged],
      [[2, 0], ['a', 'b', 'c'], batches.map(({ id }) => id)],
    )
  })

  it('waits for a handler that is being opened', async (t) => {
    const target = join(tempDir(t), 'slow.mjs')
    writeFileSync(target, SLOW_TARGET)
    const batch = batchOf('a')
    const queue = new ToldQueue([batch])
    const child = new Child()
    const { listener } = listen({ handlers: [child, { target }], queue })
    await listener.start()
    const opening = channel('listener-safe')
    await until(() => child.messages.length === 1 && opening.hasSubscribers)
    await turns()
    const before = [...queue.acknowledged]
    opening.publish('open')
    await until(() => queue.acknowledged.length > 0)
    await closed(listener)

    assert.deepEqual([before, queue.acknowledged], [[], [batch.id]])
  })

  it('is not told after the end that what was not safe in time is safe', async () => {
    const child = new SlowChild()
    const queue = new ToldQueue([batchOf('a')])
    const { listener } = listen({ handlers: [child], queue, closeTimeout: 0.1 })
    await listener.start()
    await until(() => child.flushes.length > 0)
    await closed(listener)
    for (const done of child.flushes.splice(0)) done()
    await turns()

    assert.deepEqual([child.messages, queue.acknowledged], [['a'], []])
  })

  it('is not said to be silent when something has come through it', async (t) => {
    const { listener, child } = listen({ queue: new ToldQueue([batchOf('a')]), onError: 'print' })
    const said = stderrOf(t)
    t.mock.timers.enable({ apis: ['setTimeout'] })
    await listener.start()
    await turns()
    t.mock.timers.tick(30_000)
    t.mock.timers.reset()
    await closed(listener)

    assert.deepEqual([child.messages, said], [['a'], []])
  })
})

describe('handlers of queueListener', () => {
  it('are let go when one of them refuses its options', async () => {
    const child = new Child()
    const before = child.eventNames().length
    const wrong = { target: '@pino-handlers/file', options: { filename: 3 } }

    assert.throws(() => queueListener({ handlers: [child, wrong] }), { name: 'HandlerOptionError' })
    await turns()

    assert.deepEqual([child.eventNames().length, child.destroyed], [before, false])
  })
})
