// Handlers that fail and come back, and those that stand in for them.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import queueListener, { type QueueListenerOptions } from '@pino-handlers/queue-listener'
import { line } from '../../../test/support/lines.js'
import { fixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { booksOf, Child, closed, SlowChild } from './child.js'

const QUICK = { onError: 'ignore', retryStart: 0.001, retryMax: 0.002, maxRestarts: 2 } as const

function flushed(listener: ReturnType<typeof queueListener>): Promise<string> {
  return new Promise((resolve) => listener.flush((error) => resolve(error ? error.message : 'flushed')))
}

describe('queueListener', () => {
  it('goes on with the others when one fails', async () => {
    const [broken, child] = [new Child(), new Child()]
    const listener = queueListener({ ...QUICK, handlers: [broken, child] })
    listener.write(line('a'))
    broken.destroy(new Error('broken'))
    await until(() => listener.stats.targets?.[0]?.state === 'failed')
    listener.write(line('b'))
    const stats = await closed(listener)

    assert.deepEqual(
      [broken.messages, child.messages, booksOf(stats)],
      [
        ['a'],
        ['a', 'b'],
        [
          ['queue-listener/Child', 2, 1, { closed: 1 }],
          ['queue-listener/Child-2', 2, 2, {}],
        ],
      ],
    )
  })

  it('keeps the books of what it hands over, and each handler its own', async () => {
    const [all, errors] = [new Child(), new Child()]
    const listener = queueListener({ handlers: [all, { stream: errors, level: 'error', name: 'errors' }] })
    listener.write(line('a') + line('b', { level: 50 }))
    const stats = await closed(listener)
    const { received, delivered, filtered } = stats

    assert.deepEqual(
      [{ received, delivered, filtered }, booksOf(stats)],
      [
        { received: 2, delivered: 2, filtered: 0 },
        [
          ['queue-listener/Child', 2, 2, {}],
          ['queue-listener/errors', 1, 1, {}],
        ],
      ],
    )
  })

  it('gives a handler a queue of its own, with its own losses', async () => {
    const [slow, child] = [new Child(), new Child()]
    slow._write = () => {}
    const options: QueueListenerOptions = { ...QUICK, handlers: [slow, child], maxQueueRecords: 2, closeTimeout: 0.1 }
    const listener = queueListener(options)
    for (let n = 0; n < 1000; n++) listener.write(line(String(n)))
    await until(() => child.messages.length === 1000)
    const stats = await closed(listener)

    const { dropped = {}, received } = stats.targets?.[0] ?? {}
    assert.deepEqual(
      [child.messages.length, received, Object.keys(dropped).sort(), stats.dropped],
      [1000, 1000, ['closed', 'overflow'], {}],
    )
  })

  it('takes no more records after its end, which is counted', async () => {
    const child = new Child()
    const listener = queueListener({ ...QUICK, handlers: [child] })
    listener.write(line('a'))
    await closed(listener)
    listener.write(line('b'))
    const { received, delivered, dropped } = await closed(listener)

    assert.deepEqual(
      [child.messages, { received, delivered, dropped }],
      [['a'], { received: 2, delivered: 1, dropped: { failed: 1 } }],
    )
  })
})

describe('queueListener.flush', () => {
  it('calls back when each handler has flushed', async () => {
    const children = [new SlowChild(), new SlowChild(), new Child()]
    const listener = queueListener({ ...QUICK, handlers: children })
    const steps: string[] = []
    listener.write(line('a'))
    const done = flushed(listener).then((text) => steps.push(text))
    const [first, second] = children
    await until(() => first instanceof SlowChild && first.flushes.length > 0)
    for (const child of [first, second]) {
      if (!(child instanceof SlowChild)) continue
      steps.push('one')
      for (const flush of child.flushes.splice(0)) flush()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await done
    await closed(listener)

    assert.deepEqual(steps, ['one', 'one', 'flushed'])
  })

  it('tells in-process which handler has not flushed in time, when the others have', async () => {
    const [slow, child] = [new SlowChild(), new SlowChild()]
    const listener = queueListener({ ...QUICK, handlers: [slow, child], flushTimeout: 0.02 })
    const told = flushed(listener)
    await until(() => child.flushes.length > 0)
    for (const done of child.flushes) done()
    const text = await told
    await closed(listener)

    assert.equal(text, 'SlowChild has not flushed within 0.02 s')
  })

  it('waits until the records of a file are in the file', async (t) => {
    const filename = join(tempDir(t), 'a.log')
    const handlers = [{ target: '@pino-handlers/file', options: { filename, bufferSize: '1MB' } }]
    const listener = queueListener({ handlers })
    listener.write(line('a'))
    await flushed(listener)
    const text = readFileSync(filename, 'utf8')
    await closed(listener)

    assert.equal(text, line('a'))
  })
})

describe('a fallback', () => {
  it('takes over when a target cannot start, with what was held for it', async () => {
    const child = new Child()
    const handlers = [{ target: fixture('listener-rejecting'), name: 'first', fallback: child }]
    const listener = queueListener({ ...QUICK, handlers })
    listener.write(line('a'))
    await until(() => child.messages.length === 1)
    listener.write(line('b'))
    const stats = await closed(listener)

    assert.deepEqual(
      [child.messages, booksOf(stats)],
      [
        ['a', 'b'],
        [
          ['queue-listener/first/Child', 2, 2, {}],
          ['queue-listener/first', 0, 0, {}],
        ],
      ],
    )
  })

  it('hands back when the target can be opened again', async (t) => {
    const path = join(tempDir(t), 'first.log')
    const child = new Child()
    const first = { target: fixture('listener-reluctant'), options: { path, failures: 4 }, fallback: child }
    const listener = queueListener({ ...QUICK, retryInterval: 0.05, handlers: [{ ...first, name: 'first' }] })
    listener.write(line('a'))
    await until(() => child.messages.length === 1)
    await until(() => listener.stats.targets?.[1]?.state === 'open')
    listener.write(line('b'))
    const stats = await closed(listener)

    assert.deepEqual(
      [child.messages, readFileSync(path, 'utf8'), booksOf(stats)],
      [
        ['a'],
        line('b'),
        [
          ['queue-listener/first/Child', 1, 1, {}],
          ['queue-listener/first', 1, 1, {}],
        ],
      ],
    )
  })

  it('may have one as well', async () => {
    const child = new Child()
    const rejecting = { target: fixture('listener-rejecting') }
    const listener = queueListener({
      ...QUICK,
      handlers: [{ ...rejecting, name: 'first', fallback: { ...rejecting, name: 'second', fallback: child } }],
    })
    listener.write(line('a'))
    await until(() => child.messages.length === 1)
    const stats = await closed(listener)

    assert.deepEqual(booksOf(stats), [
      ['queue-listener/first/second/Child', 1, 1, {}],
      ['queue-listener/first/second', 0, 0, {}],
      ['queue-listener/first', 0, 0, {}],
    ])
  })
})
