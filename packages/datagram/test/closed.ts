// The last books of a handler.

import { once } from 'node:events'
import type { Handler, Stats } from '@pino-handlers/core'
import { assertBalanced } from '../../../test/support/books.js'

/** Ends the handler and returns its books, which have to balance. */
export async function closed(handler: Handler): Promise<Stats> {
  if (!handler.closed) await once(handler.end(), 'close')
  assertBalanced(handler.stats)
  return handler.stats
}

/** Resolves when the handler says that all has been sent; rejects when it says that it cannot be. */
export function flushed(handler: Handler): Promise<void> {
  return new Promise((resolve, reject) => handler.flush((error) => (error ? reject(error) : resolve())))
}
