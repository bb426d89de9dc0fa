// Every kind of queue there is, for what is true of all of them, and what their tests do with them.

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { directoryQueue, memoryQueue, type Queue, type QueueBatch, socketQueue } from '@pino-handlers/core/queue'

/** The two ends of one queue; each call makes an object for one more who puts or takes. */
export interface Ends {
  producer(): Queue
  consumer(): Queue
}

/** A kind of queue. */
export interface QueueKind {
  readonly name: string
  /** When a put settles: once the batches are settled by the one who took them, or as soon as they are safe without. */
  readonly puts: 'until acknowledged' | 'until safe'
  /** What was not acknowledged comes again in any order. */
  readonly shuffles?: boolean
  /** It is on a server, so that nothing is safe before that has answered. */
  readonly isRemote?: boolean
  /** Why it cannot be tested here. */
  readonly skip?: string | false
  /** Starts what all queues of this kind need, before the first test. */
  start?(): Promise<void>
  /** Stops it again. */
  stop?(): Promise<void>
  /** A new queue; `dir` is an empty folder. */
  create(dir: string): Ends
}

/** The kinds of queue that ship with core. */
export const kinds: readonly QueueKind[] = [
  {
    name: 'memoryQueue',
    puts: 'until acknowledged',
    create() {
      const name = randomUUID()
      return { producer: () => memoryQueue(name), consumer: () => memoryQueue(name) }
    },
  },
  {
    name: 'socketQueue',
    puts: 'until acknowledged',
    create(dir) {
      const path = process.platform === 'win32' ? String.raw`\\.\pipe\${randomUUID()}` : join(dir, 'queue.sock')
      return { producer: () => socketQueue({ path }), consumer: () => socketQueue({ path }) }
    },
  },
  {
    name: 'directoryQueue',
    puts: 'until safe',
    create(dir) {
      const path = join(dir, 'queue')
      return { producer: () => directoryQueue({ path }), consumer: () => directoryQueue({ path }) }
    },
  },
]

/** The same ends, whose queues are closed after the test. */
export function closedAfter(t: Pick<TestContext, 'after'>, { producer, consumer }: Ends): Ends {
  const closed = (queue: Queue): Queue => {
    t.after(() => queue.close(AbortSignal.abort()))
    return queue
  }
  return { producer: () => closed(producer()), consumer: () => closed(consumer()) }
}

/** A signal that never aborts. */
export const NEVER: AbortSignal = new AbortController().signal

/** Batches of one line each, with ids that begin with `name`. */
export function batchesOf(name: string, ...texts: readonly string[]): QueueBatch[] {
  return texts.map((text, index) => ({ id: `${name}-${index}`, data: `${text}\n`, count: 1 }))
}

/** Puts batches as a handler does: again and again until the queue has taken them, or `over` aborts. */
export async function putUntilTaken(queue: Queue, batches: readonly QueueBatch[], over = NEVER): Promise<void> {
  for (;;) {
    try {
      await queue.put(batches, over)
      return
    } catch (error) {
      if (over.aborted) throw error
      await sleep(5)
    }
  }
}

/** Takes until it has `count` batches, which it acknowledges only if it is told to. */
export async function takeAll(queue: Queue, count: number, acknowledges = true): Promise<readonly QueueBatch[]> {
  const all: QueueBatch[] = []
  while (all.length < count) {
    const batches = await queue.take(NEVER)
    all.push(...batches)
    if (acknowledges) await queue.acknowledge(batches)
  }
  return all
}
