// A receiver of UDP that keeps nothing, so that somebody listens.

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { TestContext } from 'node:test'

/** Starts a receiver on 127.0.0.1, until the test ends, and returns its port. */
export async function startDatagramReceiver(t: Pick<TestContext, 'after'>): Promise<number> {
  const receiver = createSocket('udp4').bind(0, '127.0.0.1')
  await once(receiver, 'listening')
  t.after(() => receiver.close())
  return receiver.address().port
}
