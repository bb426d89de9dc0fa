// Whether a queue on NATS JetStream is one.

import { randomUUID } from 'node:crypto'
import queueNats from '@pino-handlers/queue-nats'
import { noNats, startNats } from '../../../test/support/nats-server.js'
import { SuiteScope } from '../../../test/support/suite-scope.js'
import { queueContract } from '../../core/test/queue-contract.js'

const scope = new SuiteScope()
let servers = ''

queueContract({
  name: 'queueNats',
  puts: 'until safe',
  shuffles: true,
  isRemote: true,
  skip: noNats,
  async start() {
    servers = (await startNats(scope)).url
  },
  stop: () => scope.end(),
  create() {
    const options = { servers, stream: randomUUID(), ackWait: 1 }
    return { producer: () => queueNats(options), consumer: () => queueNats(options) }
  },
})
