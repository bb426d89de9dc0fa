// The end of a handler.

import { once } from 'node:events'
import type { Handler, Stats } from '@pino-handlers/core'
import { assertBalanced } from './books.js'

/** Ends a handler; its books, which are balanced, when it has closed. */
export async function closed(handler: Handler): Promise<Stats> {
  if (!handler.closed) await once(handler.end(), 'close')
  assertBalanced(handler.stats)
  return handler.stats
}
