// A queue on RabbitMQ whose server, listeners and producers fail.

import { queueEngine } from '../../../test/support/queue-engine.js'
import { noRabbitmq, RabbitmqServer } from '../../../test/support/rabbitmq-server.js'

queueEngine({
  name: 'queueAmqp',
  skip: noRabbitmq,
  start: (t) => RabbitmqServer.start(t),
  option: ({ url }, exchange, group) => ({ type: 'amqp', url, exchange, queue: `${exchange}-${group}` }),
})
