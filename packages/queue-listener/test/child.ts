// Streams of the test's own as handlers, and what they have got.

import { Writable } from 'node:stream'
import type { Stats } from '@pino-handlers/core'
import type { QueueListener } from '@pino-handlers/queue-listener'
import { assertBalanced } from '../../../test/support/books.js'

/** A stream that keeps what it gets. */
export class Child extends Writable {
  text = ''

  constructor() {
    super({ decodeStrings: false })
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk
    done()
  }

  /** The messages of the lines that it has got. */
  get messages(): string[] {
    return this.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).msg)
  }
}

/** One whose flush is done when the test says so. */
export class SlowChild extends Child {
  readonly flushes: ((error?: Error) => void)[] = []

  flush(done: (error?: Error) => void): void {
    this.flushes.push(done)
  }
}

/** Ends a listener; fails unless its books and those of its handlers are balanced. */
export async function closed(listener: QueueListener): Promise<Stats> {
  await listener[Symbol.asyncDispose]()
  assertAllBalanced(listener.stats)
  return listener.stats
}

/** The books of a handler and of all that it writes to. */
export function assertAllBalanced(stats: Stats): void {
  assertBalanced(stats)
  for (const each of stats.targets ?? []) assertAllBalanced(each)
}

/** What stands in the books of each handler of a listener: its name, what was received, delivered and dropped. */
export function booksOf({ targets = [] }: Stats): unknown[] {
  return targets.map(({ handler, received, delivered, dropped }) => [handler, received, delivered, dropped])
}
