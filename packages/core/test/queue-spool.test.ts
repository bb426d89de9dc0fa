// A directory in front of a queue.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { required, resolveOptions } from '@pino-handlers/core'
import { directoryQueue, type Queue, type QueueBatch, queueCheck, spooledQueue } from '@pino-handlers/core/queue'
import { fixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { batchesOf, closedAfter, NEVER, takeAll } from './queue-kinds.js'

/** A queue that takes what it is told to. */
class Sink implements Queue {
  readonly label = 'sink'
  readonly got: string[] = []
  isAway = false
  maxBatchBytes = 100

  async put(batches: readonly QueueBatch[]): Promise<void> {
    if (this.isAway) throw new Error('it is away')
    this.got.push(...batches.map(({ id }) => id))
  }

  take = (): Promise<readonly QueueBatch[]> => Promise.resolve([])
  acknowledge(): void {}
  close(): void {}
}

describe('spooledQueue', () => {
  it('moves on what was put, in order', async (t) => {
    const sink = new Sink()
    const queue = spooledQueue(sink, { path: tempDir(t) })
    for (const name of ['a', 'b', 'c']) await queue.put(batchesOf(name, '1', '2'), NEVER)
    await until(() => sink.got.length === 6)
    await queue.close(NEVER)

    assert.deepEqual(sink.got, ['a-0', 'a-1', 'b-0', 'b-1', 'c-0', 'c-1'])
  })

  it('keeps on the disk what the queue does not take, and says why', async (t) => {
    const path = tempDir(t)
    const sink = new Sink()
    sink.isAway = true
    const queue = spooledQueue(sink, { path })
    const told: string[] = []
    queue.observer = { lost() {}, failed: ({ message }) => told.push(message) }
    await queue.put(batchesOf('a', '1'), NEVER)
    await until(() => told.length > 0)
    await queue.put(batchesOf('b', '2'), NEVER)
    await queue.close(NEVER)

    const { consumer } = closedAfter(t, { producer: () => sink, consumer: () => directoryQueue({ path }) })
    const left = await takeAll(consumer(), 2)
    assert.deepEqual([sink.got, left.map(({ id }) => id), told[0]], [[], ['a-0', 'b-0'], 'it is away'])
  })

  it('moves what was left before, with what is put next', async (t) => {
    const path = tempDir(t)
    const before = directoryQueue({ path })
    await before.put(batchesOf('left', '1'), NEVER)
    await before.close(NEVER)
    const sink = new Sink()
    const queue = spooledQueue(sink, { path })
    await queue.put(batchesOf('next', '2'), NEVER)
    await queue.close(NEVER)

    assert.deepEqual(sink.got.toSorted(), ['left-0', 'next-0'])
  })

  it('drops what the queue never takes, and counts it', async (t) => {
    const sink = new Sink()
    const queue = spooledQueue(sink, { path: tempDir(t) })
    const lost: unknown[] = []
    queue.observer = { lost: (...news) => lost.push(news), failed() {} }
    await queue.put([...batchesOf('large', 'x'.repeat(200)), ...batchesOf('a', '1')], NEVER)
    await queue.close(NEVER)

    assert.deepEqual([sink.got, lost], [['a-0'], [[1, 'refused']]])
  })

  it('is made by the option "spool" of any type', (t) => {
    const path = tempDir(t)
    const spec = { type: fixture('queue-makers'), url: 'x', spool: { path } }

    assert.match(resolved(spec).label, / behind directory queue '/)
  })

  it('has its options checked', () => {
    assert.throws(() => resolved({ type: 'memory', name: 'x', spool: { paht: 'x' } }), {
      message: '[queue] option "queue" has a wrong entry "spool": unknown option "paht"; did you mean "path"?',
    })
  })
})

function resolved(queue: unknown): Queue {
  return resolveOptions('queue', { queue: required(queueCheck) }, {}, { queue }).queue
}
