// What has become of the records of a handler that ends.

import type { Handler, Stats } from '@pino-handlers/core'
import { closed } from '../../../test/support/closed.js'

/** Ends a handler; what it has delivered and dropped in all. */
export async function ended(handler: Handler): Promise<Pick<Stats, 'delivered' | 'dropped'>> {
  const { delivered, dropped } = await closed(handler)
  return { delivered, dropped }
}
