// Queues on RabbitMQ: one server for all of them, as it takes long to start.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import queue from '@pino-handlers/queue'
import queueAmqp from '@pino-handlers/queue-amqp'
import { certificates } from '../../../test/support/certificates.js'
import { queueEngine } from '../../../test/support/queue-engine.js'
import { noRabbitmq, RabbitmqServer } from '../../../test/support/rabbitmq-server.js'
import { SuiteScope } from '../../../test/support/suite-scope.js'
import { queueContract } from '../../core/test/queue-contract.js'
import { amqpOnly, STRANGER } from './amqp-only.js'

describe('queueAmqp', { skip: noRabbitmq }, () => {
  const scope = new SuiteScope()
  let server: RabbitmqServer | undefined
  const running = (): RabbitmqServer => {
    assert.ok(server)
    return server
  }

  before(async () => {
    // Without openssl the test that needs them is skipped.
    const made = certificates({ skip() {} })
    const identity = made && { ...made.server, ca: made.ca }
    const config = ['max_message_size = 6000000']
    server = await RabbitmqServer.start(scope, { config, identity, strangers: [STRANGER] })
  })
  after(() => scope.end())

  amqpOnly(running)

  queueContract({
    name: 'as a queue',
    puts: 'until safe',
    isRemote: true,
    create() {
      const name = randomUUID()
      const options = { url: running().url, exchange: name, queue: name }
      return { producer: () => queueAmqp(options), consumer: () => queueAmqp(options) }
    },
  })

  queueEngine({
    name: 'queueAmqp',
    skip: false,
    start: async () => running(),
    option: (url, exchange, group) => ({ type: 'amqp', url, exchange, queue: `${exchange}-${group}`, timeout: 4 }),
  })
})

describe('queueAmqp refuses', () => {
  const wrong: readonly (readonly [options: Record<string, unknown>, message: string])[] = [
    [{ exchnage: 'logs' }, 'unknown option "exchnage"; did you mean "exchange"?'],
    [
      { url: 'localhost' },
      `option "url" must be a URL such as 'amqp://127.0.0.1:5672' or 'amqps://user:password@host:5671/vhost', got 'localhost'`,
    ],
    [
      { overflow: 'drop-oldest' },
      `option "overflow" must be 'block' without option "deadLetterExchange", got 'drop-oldest': RabbitMQ tells nobody what it drops`,
    ],
    [{ prefetch: 0 }, 'option "prefetch" must be an integer from 1 to 65535, got 0'],
  ]
  for (const [options, message] of wrong) {
    it(message, () => {
      assert.throws(() => queue({ queue: { type: 'amqp', ...options } }), {
        name: 'HandlerOptionError',
        message: `[queue] option "queue" of type 'amqp': ${message}`,
      })
    })
  }
})
