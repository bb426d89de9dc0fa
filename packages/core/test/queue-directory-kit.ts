// Directory queues as their tests use them.

import { spawnSync } from 'node:child_process'
import { readdirSync, renameSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { TestContext } from 'node:test'
import { type DirectoryQueueOptions, directoryQueue, type Queue, type QueueBatch } from '@pino-handlers/core/queue'

/** A queue, and what it told. */
export interface Observed {
  readonly queue: Queue
  /** Messages, without the queue's label and the parts of names that differ each time. */
  readonly told: string[]
  readonly lost: [count: number, reason: string][]
}

/** A signal that never aborts. */
export const NEVER: AbortSignal = new AbortController().signal

/** A queue that is closed after the test. */
export function observe(t: Pick<TestContext, 'after'>, options: DirectoryQueueOptions): Observed {
  const queue = directoryQueue(options)
  const observed: Observed = { queue, told: [], lost: [] }
  queue.observer = {
    lost: (count, reason) => observed.lost.push([count, reason]),
    failed: ({ message }) => observed.told.push(withoutNames(message, options.path)),
  }
  t.after(() => queue.close(NEVER))
  return observed
}

/** A batch of one line with the id `n`; `size` bytes long, its frame is 18 and the digits of `n` longer. */
export function batch(n: number, size = 100): QueueBatch {
  return { id: String(n), data: `${`line ${n} `.padEnd(size - 1, 'x')}\n`, count: 1 }
}

/** Batches `from` to `to`, without that one. */
export function batches(from: number, to: number, size?: number): QueueBatch[] {
  return Array.from({ length: to - from }, (_, index) => batch(from + index, size))
}

/** The ids of batches as numbers. */
export function idsOf(batches: readonly QueueBatch[]): number[] {
  return batches.map(({ id }) => Number(id))
}

/** All that can be taken now, acknowledged if `acknowledges` is true. */
export function takeAll({ queue }: Observed, acknowledges = true): QueueBatch[] {
  const all: QueueBatch[] = []
  for (;;) {
    const taken = queue.takeNow?.() ?? []
    if (taken.length === 0) return all
    all.push(...taken)
    if (acknowledges) queue.acknowledge(taken)
  }
}

/** The endings of the names of files in a directory. */
export function endings(path: string): string[] {
  return readdirSync(path).map((name) => name.replace(/^.*\./, ''))
}

/** The paths of files whose names end so, oldest first. */
export function paths(path: string, ending: string): string[] {
  const names = readdirSync(path).filter((name) => name.endsWith(`.${ending}`))
  return names.sort().map((name) => join(path, name))
}

/** Bytes of all segments in a directory. */
export function sizeOf(path: string): number {
  return paths(path, 'segment').reduce((sum, segment) => sum + statSync(segment).size, 0)
}

/** Makes the files in a directory those of a process that is dead. */
export function bury(path: string): void {
  const { pid } = spawnSync(process.execPath, ['--version'])
  for (const name of readdirSync(path)) {
    renameSync(join(path, name), join(path, name.replace(`-${process.pid}-`, `-${pid}-`)))
  }
}

function withoutNames(text: string, path: string): string {
  return text
    .replaceAll(path + sep, '')
    .replaceAll(path, '')
    .replaceAll(/\d{15}-\d{8}-[\w-]+\./g, 'SEGMENT.')
}
