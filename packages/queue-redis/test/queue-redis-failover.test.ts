// A queue on Redis Streams whose master dies, and a replica takes its place.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import queue from '@pino-handlers/queue'
import queueListener from '@pino-handlers/queue-listener'
import witnessedQueue, { type Taken } from '../../../test/fixtures/witnessed-queue.js'
import { numbered } from '../../../test/support/lines.js'
import { noRedis } from '../../../test/support/redis-server.js'
import { type RedisSet, startCluster, startSentinels } from '../../../test/support/redis-sets.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { assertAllBalanced, Child } from '../../queue-listener/test/child.js'

const QUICK = { retryStart: 0.05, retryMax: 0.2, closeTimeout: 9, onError: 'ignore' } as const
const COUNT = 10_000

const skip = noRedis || (process.env.PINO_HANDLERS_FAULTS !== 'long' && 'only with PINO_HANDLERS_FAULTS=long')

async function survive(t: TestContext, { option, failOver }: RedisSet): Promise<void> {
  const stream = randomUUID()
  const path = join(tempDir(t), 'taken')
  const given = { type: 'redis', stream, consumer: 'one', timeout: 5, minReplicas: 1, ...option }
  const child = new Child()
  const listener = queueListener({ handlers: [child], queue: witnessedQueue({ of: given, path }), ...QUICK })
  await listener.start()
  const handler = queue({ queue: given, ...QUICK })

  const lines = numbered(COUNT)
  const dies = Math.floor(COUNT * (0.2 + Math.random() * 0.6))
  let dying: Promise<void> | undefined
  for (const [n, line] of lines.entries()) {
    handler.write(line)
    if (n === dies) dying = failOver(stream)
    await new Promise(setImmediate)
  }
  await dying
  // Reading them is much work.
  await until(() => child.text.split('\n').length > COUNT)
  await new Promise<void>((resolve) => handler.end(() => resolve()))
  await listener[Symbol.asyncDispose]()

  assertAllBalanced(handler.stats)
  assertAllBalanced(listener.stats)
  const ids = new Map<string, Taken>()
  for (const text of readFileSync(path, 'utf8').trimEnd().split('\n')) {
    const taken: Taken = JSON.parse(text)
    assert.deepEqual(taken, ids.get(taken.id) ?? taken)
    ids.set(taken.id, taken)
  }
  assert.deepEqual(
    [child.messages, handler.stats.delivered, [...ids.values()].reduce((sum, { count }) => sum + count, 0)],
    [lines.map((_, n) => String(n)), COUNT, COUNT],
  )
}

describe('queueRedis loses nothing and keeps the order when the master dies', { skip }, () => {
  it('in a cluster of three with a replica each', async (t) => {
    await survive(t, await startCluster(t))
  })

  it('in a set with sentinels', async (t) => {
    await survive(t, await startSentinels(t))
  })
})
