// What the demo's records go through, and who has to be started for it.

import { join } from 'node:path'
import type { QueueOption } from '@pino-handlers/core/queue'
import { noNats, startNats } from '../../test/support/nats-server.js'
import { noRabbitmq, RabbitmqServer } from '../../test/support/rabbitmq-server.js'
import { noRedis, startRedis } from '../../test/support/redis-server.js'
import type { SuiteScope } from '../../test/support/suite-scope.js'

interface Engine {
  /** Why it cannot be had here. */
  readonly missing: string | false
  /** Starts its server; `dir` is an empty folder. */
  start(scope: SuiteScope, dir: string): Promise<QueueOption>
}

// What a killed listener had is for the other one after a second.
const SOON = 1

/** By the name that the command line gives. */
export const engines: Readonly<Record<string, Engine>> = {
  socket: {
    missing: process.platform === 'win32' && 'the demo wants a Unix socket',
    start: async (_scope, dir) => ({ type: 'socket', path: join(dir, 'queue.sock') }),
  },
  redis: {
    missing: noRedis,
    start: async (scope) => ({ type: 'redis', url: (await startRedis(scope)).url, claimAfter: SOON }),
  },
  nats: {
    missing: noNats,
    start: async (scope) => ({ type: 'nats', servers: (await startNats(scope)).url, ackWait: SOON }),
  },
  amqp: {
    missing: noRabbitmq,
    start: async (scope) => ({ type: 'amqp', url: (await RabbitmqServer.start(scope)).url }),
  },
}
