// The law of the books: nothing that was received is unaccounted for.

import assert from 'node:assert/strict'
import type { Stats } from '@pino-handlers/core'

/** Fails unless received = delivered + dropped + deadLettered + invalid + queued, with nothing below zero. */
export function assertBalanced(stats: Stats): void {
  const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0)
  const settled = stats.delivered + dropped + stats.deadLettered + stats.invalid
  assert.equal(settled + stats.queued, stats.received, `books: ${JSON.stringify(stats)}`)
  assert.ok(stats.queued >= 0, `more settled than received: ${JSON.stringify(stats)}`)
}
