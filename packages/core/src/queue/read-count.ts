// How many batches to ask a server for at a time.

import type { QueueBatch } from './queue.js'

// Characters to read at a time, if batches are like those before.
const LOAD = 2 * 1024 * 1024

const MOST = 1000

/** As many as are about 2 Mi characters, judged by what the last read brought; at most 1000. */
export function nextReadCount(count: number, batches: readonly QueueBatch[]): number {
  const length = batches.reduce((sum, { data }) => sum + data.length, 0)
  if (length === 0) return count
  // Not far at a time: the next ones may be larger.
  return Math.max(1, Math.min(MOST, count * 4, Math.floor((LOAD * batches.length) / length)))
}
