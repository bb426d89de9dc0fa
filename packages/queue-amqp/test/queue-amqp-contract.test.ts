// Whether a queue on RabbitMQ is one.

import { randomUUID } from 'node:crypto'
import queueAmqp from '@pino-handlers/queue-amqp'
import { noRabbitmq, RabbitmqServer } from '../../../test/support/rabbitmq-server.js'
import { SuiteScope } from '../../../test/support/suite-scope.js'
import { queueContract } from '../../core/test/queue-contract.js'

const scope = new SuiteScope()
let url = ''

queueContract({
  name: 'queueAmqp',
  puts: 'until safe',
  isRemote: true,
  skip: noRabbitmq,
  async start() {
    url = (await RabbitmqServer.start(scope)).url
  },
  stop: () => scope.end(),
  create() {
    const name = randomUUID()
    const options = { url, exchange: name, queue: name }
    return { producer: () => queueAmqp(options), consumer: () => queueAmqp(options) }
  },
})
