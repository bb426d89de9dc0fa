// Queues on a Redis server of the test's own.

import { randomUUID } from 'node:crypto'
import queueRedis from '@pino-handlers/queue-redis'
import { noRedis, startRedis } from '../../../test/support/redis-server.js'
import { SuiteScope } from '../../../test/support/suite-scope.js'
import type { QueueKind } from '../../core/test/queue-kinds.js'

const scope = new SuiteScope()
let url = ''

/** A stream of its own for each queue, on one server for all of them. */
export const redisKind: QueueKind = {
  name: 'queueRedis',
  puts: 'until safe',
  isRemote: true,
  skip: noRedis,
  async start() {
    url = (await startRedis(scope)).url
  },
  stop: () => scope.end(),
  create() {
    const stream = randomUUID()
    // One that is closed with no time left gives nothing back.
    const options = { url, stream, claimAfter: 1 }
    return { producer: () => queueRedis(options), consumer: () => queueRedis(options) }
  },
}
