// Memory queues within a thread.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it, type TestContext } from 'node:test'
import { memoryQueue, type Queue } from '@pino-handlers/core/queue'
import { runFixture } from '../../../test/support/run-node.js'
import { batchesOf, NEVER, takeAll } from './queue-kinds.js'

describe('memoryQueue in one thread', () => {
  it('needs no name when both sides have it', async (t) => {
    const queue = memoryQueue()
    t.after(() => queue.close(NEVER))

    const putting = queue.put(batchesOf('a', 'one'), NEVER)
    const taken = await takeAll(queue, 1)
    await putting

    assert.deepEqual([taken, queue.label], [batchesOf('a', 'one'), 'memory queue'])
  })

  it('is another one under another name, or without any', async (t) => {
    const name = randomUUID()
    const [put, ...others] = [name, `${name}2`, undefined].map((each) => closedAfter(t, memoryQueue(each)))

    Promise.allSettled([put?.put(batchesOf('a', 'one'), NEVER)])

    assert.deepEqual(
      [...others, closedAfter(t, memoryQueue(name))].map((queue) => queue.takeNow?.().length),
      [0, 0, 1],
    )
  })

  it('gives each batch to one of those who take', async (t) => {
    const name = randomUUID()
    const [a, b, put] = [1, 2, 3].map(() => closedAfter(t, memoryQueue(name)))
    assert.ok(a && b && put)

    const taking = [a.take(NEVER), b.take(NEVER)]
    const putting = [
      put.put(batchesOf('a', 'one'), NEVER),
      closedAfter(t, memoryQueue(name)).put(batchesOf('b', 'two'), NEVER),
    ]
    const taken = await Promise.all(taking)
    for (const batches of taken) for (const queue of [a, b]) queue.acknowledge(batches)
    await Promise.all(putting)

    assert.deepEqual(taken, [batchesOf('a', 'one'), batchesOf('b', 'two')])
  })

  it('forgets what was put when the one who put it closes', async (t) => {
    const name = randomUUID()
    const put = memoryQueue(name)

    const putting = put.put(batchesOf('a', 'one'), NEVER)
    await put.close(NEVER)
    const [outcome] = await Promise.allSettled([putting])

    assert.deepEqual(
      [outcome.status === 'rejected' && outcome.reason.message, closedAfter(t, memoryQueue(name)).takeNow?.()],
      ['the queue is closed', []],
    )
  })

  it('holds a batch once that is put again while it is taken', async (t) => {
    const queue = closedAfter(t, memoryQueue())
    const over = new AbortController()
    const batches = batchesOf('a', 'one')

    const inVain = Promise.allSettled([queue.put(batches, over.signal)])
    const first = queue.takeNow?.()
    over.abort()
    const again = queue.put(batches, NEVER)
    const more = queue.takeNow?.()
    queue.acknowledge(batches)
    await again

    const [{ status }] = await inVain
    assert.deepEqual([status, first, more], ['rejected', batches, []])
  })

  it('has what is put in a last moment safe where somebody takes', async (t) => {
    const name = randomUUID()
    const [put, take] = [closedAfter(t, memoryQueue(name)), closedAfter(t, memoryQueue(name))]

    const untaken = put.putNow?.(batchesOf('a', 'one'))
    const taken = [take.takeNow?.()]
    const safe = put.putNow?.(batchesOf('a', 'one', 'two'))
    taken.push(take.takeNow?.())

    assert.deepEqual([untaken, safe, taken], [0, 2, [batchesOf('a', 'one'), batchesOf('a', 'one', 'two').slice(1)]])
  })

  it('refuses an empty name', () => {
    assert.throws(() => memoryQueue(''), {
      message: "the name of a memory queue must be a non-empty string, got ''",
    })
  })

  it('does not keep a process alive', async () => {
    const { code, stdout, stderr } = await runFixture('queue-memory-idle', {})

    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'over\n', stderr: '' })
  })
})

function closedAfter(t: TestContext, queue: Queue): Queue {
  t.after(() => queue.close(NEVER))
  return queue
}
