// A queue that does only what the test tells it to.

import type { Queue, QueueBatch, QueueObserver } from '@pino-handlers/queue'

/** A queue in an array, for one thread. */
export class ArrayQueue implements Queue {
  readonly label = 'array queue'
  observer?: QueueObserver | undefined
  /** What is in it. */
  readonly batches: QueueBatch[] = []
  /** The ids of each put, also of those that were refused. */
  readonly puts: (readonly string[])[] = []
  /** Records that find room in it. */
  size: number = Number.POSITIVE_INFINITY
  isClosed = false

  put(batches: readonly QueueBatch[]): void {
    this.puts.push(batches.map(({ id }) => id))
    const count = [...this.batches, ...batches].reduce((sum, batch) => sum + batch.count, 0)
    if (count > this.size) throw new Error('it is full')
    this.batches.push(...batches)
  }

  async take(): Promise<readonly QueueBatch[]> {
    return this.batches.splice(0)
  }

  acknowledge(): void {}

  close(): void {
    this.isClosed = true
  }

  /** The text of all batches. */
  get text(): string {
    return this.batches.map(({ data }) => data).join('')
  }

  /** The messages of the records in it, in order. */
  get messages(): unknown[] {
    return this.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).msg)
  }
}
