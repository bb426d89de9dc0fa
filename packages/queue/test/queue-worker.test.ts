// The handler in pino's worker thread, and somebody else who takes from its queue.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Stats } from '@pino-handlers/core'
import queue, {
  directoryQueue,
  memoryQueue,
  type Queue,
  type QueueBatch,
  type QueueOptions,
  socketQueue,
} from '@pino-handlers/queue'
import pino from 'pino'
import type { WorkerApp } from '../../../test/fixtures/worker-app.js'
import { assertBalanced } from '../../../test/support/books.js'
import { lineServerPath } from '../../../test/support/line-server.js'
import { line } from '../../../test/support/lines.js'
import { runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'

const target = '@pino-handlers/queue'

/** Takes batches until there are `count` records, and closes the queue. */
async function taken(from: Queue, count: number): Promise<readonly QueueBatch[]> {
  const batches: QueueBatch[] = []
  const signal = AbortSignal.timeout(60_000)
  while (batches.reduce((sum, batch) => sum + batch.count, 0) < count && !signal.aborted) {
    const more = await from.take(signal)
    batches.push(...more)
    await from.acknowledge(more)
  }
  await from.close(signal)
  return batches
}

function messagesOf(batches: readonly QueueBatch[]): unknown[] {
  const lines = batches.flatMap(({ data }) => data.split('\n').slice(0, -1))
  return lines.map((each) => JSON.parse(each).msg)
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n))

// Neither a worker nor a queue keeps the process alive.
let alive: NodeJS.Timeout
before(() => {
  alive = setInterval(() => {}, 1000)
})
after(() => clearInterval(alive))

describe('queue in a worker', () => {
  it('hands records to another thread of the process', async () => {
    const name = 'queue-worker-test'
    const transport = pino.transport<QueueOptions>({ target, options: { queue: { type: 'memory', name } } })
    const told = once(transport, 'stats')
    const logger = pino(transport)
    for (let n = 0; n < 10_000; n++) logger.info(String(n))
    const batches = await taken(memoryQueue(name), 10_000)
    transport.end()
    const [stats]: Stats[] = await told

    assert.ok(stats)
    assertBalanced(stats)
    const { delivered, dropped } = stats
    assert.deepEqual(
      [messagesOf(batches), delivered, dropped, new Set(batches.map(({ id }) => id)).size],
      [numbers(10_000), 10_000, {}, batches.length],
    )
  })

  it('hands records to another process, before its own exits', async (t) => {
    const path = lineServerPath(tempDir(t))
    const takes = taken(socketQueue({ path }), 10_000)
    const transport = { target, options: { queue: { type: 'socket', path } } }
    const run = await runFixture('worker-app', { transport, records: 10_000, ending: 'exit' } satisfies WorkerApp)

    assert.deepEqual([run.code, run.stderr, messagesOf(await takes)], [3, '', numbers(10_000)])
  })

  it('leaves records on the disk for one who comes later', async (t) => {
    const path = join(tempDir(t), 'spool')
    const transport = { target, options: { queue: { type: 'directory', path } } }
    const run = await runFixture('worker-app', { transport, records: 10_000, ending: 'exit' } satisfies WorkerApp)
    const batches = await taken(directoryQueue({ path }), 10_000)

    assert.deepEqual([run.code, run.stderr, messagesOf(batches)], [3, '', numbers(10_000)])
  })

  it('tells what is wrong with its queue', async () => {
    const transport = { target, options: { queue: { type: 'memory' } } }
    const run = await runFixture('worker-app', { transport, records: 0, ending: 'error' } satisfies WorkerApp)

    const text = '[queue] option "queue" of type \'memory\': option "name" is required: a non-empty string'
    assert.deepEqual(JSON.parse(run.stdout), [['error', text]])
  })
})

describe('queue in a process', () => {
  it('closes at its end a queue that it has made itself', async () => {
    const closed: string[] = []
    Object.assign(globalThis, { tellQueueTest: () => closed.push('closed') })
    const handler = queue({ queue: './build/test/fixtures/queue-told.js' })
    handler.write(line('a'))
    handler.end()
    await once(handler, 'close')
    Reflect.deleteProperty(globalThis, 'tellQueueTest')

    assert.deepEqual([handler.stats.delivered, closed], [1, ['closed']])
  })
})
