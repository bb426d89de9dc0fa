// Listeners in one thread, and queues of the test's own.

import { countLines } from '@pino-handlers/core'
import { memoryQueue, type Queue, type QueueBatch } from '@pino-handlers/core/queue'
import queueListener, { type QueueListener, type QueueListenerOptions } from '@pino-handlers/queue-listener'
import { line } from '../../../test/support/lines.js'
import { Child } from './child.js'

/** Nobody runs out of time. */
export const NEVER: AbortSignal = new AbortController().signal

let made = 0

/** A batch of one record for each message. */
export function batchOf(...messages: string[]): QueueBatch {
  const data = messages.map((msg) => line(msg)).join('')
  made++
  return { id: `test-${made}`, data, count: countLines(data) }
}

/** A listener with one handler and a queue in memory, and what is in its handler. */
export function listen(options: Partial<QueueListenerOptions> = {}): {
  listener: QueueListener
  queue: Queue
  child: Child
} {
  const queue = memoryQueue()
  const child = new Child()
  return { listener: queueListener({ handlers: [child], queue, onError: 'ignore', ...options }), queue, child }
}

/** A queue that hands out what the test says. */
export class ToldQueue implements Queue {
  readonly label = 'told queue'
  /** What has been acknowledged. */
  readonly acknowledged: string[] = []
  readonly #turns: (() => Promise<readonly QueueBatch[]>)[]

  /** @param turns what each `take` does; further ones wait */
  constructor(...turns: (readonly QueueBatch[] | Error)[]) {
    this.#turns = turns.map((turn) => () => (turn instanceof Error ? Promise.reject(turn) : Promise.resolve(turn)))
  }

  put(): void {}

  take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    const turn = this.#turns.shift()
    return turn?.() ?? new Promise((resolve) => signal.addEventListener('abort', () => resolve([])))
  }

  acknowledge(batches: readonly QueueBatch[]): void {
    this.acknowledged.push(...batches.map(({ id }) => id))
  }

  close(): void {}
}
