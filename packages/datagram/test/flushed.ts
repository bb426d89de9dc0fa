// What a flush says.

import type { Handler } from '@pino-handlers/core'

/** Resolves when the handler says that all has been sent; rejects when it says that it cannot be. */
export function flushed(handler: Handler): Promise<void> {
  return new Promise((resolve, reject) => handler.flush((error) => (error ? reject(error) : resolve())))
}
