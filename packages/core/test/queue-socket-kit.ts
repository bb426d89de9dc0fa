// What the tests of socket queues need.

import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Queue, type SocketQueueOptions, socketQueue } from '@pino-handlers/core/queue'
import { tempDir } from '../../../test/support/temp-dir.js'

/** Why these tests do not run here. */
export const skip: string | false = process.platform === 'win32' && 'its paths are files'

/** A path for a socket in a folder of the test. */
export function pathIn(t: TestContext): string {
  return join(tempDir(t), 'queue.sock')
}

/** A queue that is closed after the test. */
export function queueAt(t: TestContext, options: SocketQueueOptions): Queue {
  const queue = socketQueue(options)
  t.after(() => queue.close(AbortSignal.abort()))
  return queue
}

/** A queue that listens when this resolves. */
export async function listening(t: TestContext, options: SocketQueueOptions): Promise<Queue> {
  const queue = queueAt(t, options)
  await queue.take(AbortSignal.abort())
  return queue
}

/** The message of what was rejected. */
export function messageOf(outcome: PromiseSettledResult<unknown>): unknown {
  return outcome.status === 'rejected' ? outcome.reason.message : outcome
}
