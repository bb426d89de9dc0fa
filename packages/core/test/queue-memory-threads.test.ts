// Memory queues between threads.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { Worker } from 'node:worker_threads'
import { memoryQueue, type Queue, type QueueBatch } from '@pino-handlers/core/queue'
import type { ThreadCommand } from '../../../test/fixtures/queue-memory-thread.js'
import { fixture } from '../../../test/support/run-node.js'
import { batchesOf, NEVER, takeAll } from './queue-kinds.js'

describe('memoryQueue between threads', () => {
  it('carries batches from another thread', async (t) => {
    const name = randomUUID()
    const thread = new Thread(t, name)
    const batches = batchesOf('a', 'größe', 'two', 'x'.repeat(3_000_000))

    const putting = thread.does({ put: batches })
    const taken = await takeAll(closedAfter(t, memoryQueue(name)), 3)
    await putting

    assert.deepEqual(taken, batches)
  })

  it('carries batches to another thread, and settles them when that does', async (t) => {
    const name = randomUUID()
    const queue = closedAfter(t, memoryQueue(name))
    const events: string[] = []

    const putting = Promise.resolve(queue.put(batchesOf('a', 'one', 'two'), NEVER)).then(() => events.push('settled'))
    const thread = new Thread(t, name)
    const taken = await thread.does({ take: 2 })
    events.push('taken')
    await thread.does({ acknowledge: batchesOf('a', 'one', 'two') })
    await putting

    assert.deepEqual([taken, events], [batchesOf('a', 'one', 'two'), ['taken', 'settled']])
  })

  it('carries batches between threads that are not the main one', async (t) => {
    const name = randomUUID()
    const [put, take] = [new Thread(t, name), new Thread(t, name)]
    const batches = batchesOf('a', 'one', 'two')

    const putting = put.does({ put: batches })
    const taken = await take.does({ take: 2 })
    await take.does({ acknowledge: batches })
    await take.does({ close: true })

    assert.deepEqual([taken, await putting], [batches, undefined])
  })

  it('gives to the next what a thread had when it ended', async (t) => {
    const name = randomUUID()
    const [put, take] = [new Thread(t, name), new Thread(t, name)]
    const batches = batchesOf('a', 'one', 'two', 'three')

    const putting = put.does({ put: batches })
    await take.does({ take: 3 })
    await take.does({ acknowledge: batches.slice(1, 2) })
    await take.worker.terminate()
    const again = await takeAll(closedAfter(t, memoryQueue(name)), 2)
    await putting

    assert.deepEqual(again, [batches[0], batches[2]])
  })

  it('gives to the next what a thread had when it closed the queue', async (t) => {
    const name = randomUUID()
    const thread = new Thread(t, name)
    const queue = closedAfter(t, memoryQueue(name))
    const batches = batchesOf('a', 'one', 'two')

    const putting = queue.put(batches, NEVER)
    await thread.does({ take: 2 })
    await thread.does({ close: true })
    const again = await takeAll(closedAfter(t, memoryQueue(name)), 2)
    await putting

    assert.deepEqual(again, batches)
  })

  it('finds the others again when it is closed and opened', async (t) => {
    const name = randomUUID()
    const thread = new Thread(t, name)
    const taken: unknown[] = []

    for (let n = 0; n < 20; n++) {
      const queue = memoryQueue(name)
      const putting = queue.put(batchesOf(String(n), 'one'), NEVER)
      taken.push(await thread.does({ take: 1 }))
      await thread.does({ acknowledge: batchesOf(String(n), 'one') })
      await putting
      await queue.close(NEVER)
    }

    assert.deepEqual(
      taken,
      Array.from({ length: 20 }, (_, n) => batchesOf(String(n), 'one')),
    )
  })

  it('shares batches among the threads that take', async (t) => {
    const name = randomUUID()
    const takers = [new Thread(t, name), new Thread(t, name)]
    const queue = closedAfter(t, memoryQueue(name))
    const other = closedAfter(t, memoryQueue(name))

    const taking = takers.map((thread) => thread.does({ take: 1 }))
    const putting = [queue.put(batchesOf('a', 'one'), NEVER)]
    await Promise.race(taking)
    putting.push(other.put(batchesOf('b', 'two'), NEVER))
    const taken = await Promise.all(taking)
    for (const [n, thread] of takers.entries()) await thread.does({ acknowledge: batchesIn(taken[n]) })
    await Promise.all(putting)

    assert.deepEqual(
      taken
        .flatMap(batchesIn)
        .map(({ id }) => id)
        .sort(),
      ['a-0', 'b-0'],
    )
  })

  it('forgets what was not taken yet of a thread that ended', async (t) => {
    const name = randomUUID()
    const [first, second] = [new Thread(t, name), new Thread(t, name)]
    const queue = closedAfter(t, memoryQueue(name))
    const over = new AbortController()

    // Wanted by a taker who has no more use for it.
    const nothing = queue.take(over.signal)
    over.abort()
    first.does({ put: batchesOf('a', 'one') }).catch(() => {})
    await first.worker.terminate()
    const taking = takeAll(queue, 1)
    const putting = second.does({ put: batchesOf('b', 'two') })

    assert.deepEqual([await nothing, await taking, await putting], [[], batchesOf('b', 'two'), undefined])
  })
})

class Thread {
  readonly worker: Worker

  constructor(t: TestContext, name: string) {
    this.worker = new Worker(fixture('queue-memory-thread'), { workerData: name })
    t.after(() => this.worker.terminate())
  }

  async does(command: ThreadCommand): Promise<unknown> {
    this.worker.postMessage(command)
    const [answer] = await once(this.worker, 'message')
    return answer
  }
}

function closedAfter(t: TestContext, queue: Queue): Queue {
  t.after(() => queue.close(NEVER))
  return queue
}

function batchesIn(answer: unknown): readonly QueueBatch[] {
  return answer as readonly QueueBatch[]
}
