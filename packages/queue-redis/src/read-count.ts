// How many entries to ask for at a time.

import type { QueueBatch } from '@pino-handlers/core/queue'

// Characters to read at a time, if entries are like those before.
const LOAD = 2 * 1024 * 1024

const MOST = 1000

/** As many as are about 2 Mi characters, judged by what the last read brought; at most 1000. */
export function nextCount(count: number, batches: readonly QueueBatch[]): number {
  const length = batches.reduce((sum, { data }) => sum + data.length, 0)
  if (length === 0) return count
  // Not far at a time: the next ones may be larger.
  return Math.max(1, Math.min(MOST, count * 4, Math.floor((LOAD * batches.length) / length)))
}
