// What only a queue on RabbitMQ does.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Queue } from '@pino-handlers/core/queue'
import queue from '@pino-handlers/queue'
import queueAmqp, { type QueueAmqpOptions } from '@pino-handlers/queue-amqp'
import { assertBalanced } from '../../../test/support/books.js'
import { line } from '../../../test/support/lines.js'
import { noRabbitmq, RabbitmqServer } from '../../../test/support/rabbitmq-server.js'
import { SuiteScope } from '../../../test/support/suite-scope.js'
import { batchesOf, closedAfter, NEVER, takeAll } from '../../core/test/queue-kinds.js'

const scope = new SuiteScope()
let url = ''

const idsOf = (batches: readonly { readonly id: string }[]): string[] => batches.map(({ id }) => id)

/** Makes queues of one exchange and one name. */
function maker(t: TestContext): (options?: QueueAmqpOptions) => Queue {
  const name = randomUUID()
  return (options = {}) =>
    closedAfter(t, {
      producer: () => queueAmqp({ url, exchange: name, queue: name, ...options }),
      consumer: () => queueAmqp(),
    }).producer()
}

describe('queueAmqp', { skip: noRabbitmq }, () => {
  before(async () => {
    url = (await RabbitmqServer.start(scope, { config: ['max_message_size = 1000000'] })).url
  })
  after(() => scope.end())

  it('puts nothing more into a full queue until something is taken', async (t) => {
    const make = maker(t)
    const options: QueueAmqpOptions = { maxLength: 1 }
    const sender = make(options)
    await sender.put(batchesOf('a', '1'), NEVER)
    const [full] = await Promise.allSettled([sender.put(batchesOf('b', '2'), NEVER)])
    await takeAll(make(options), 1)
    let isIn = false
    while (!isIn) {
      const [outcome] = await Promise.allSettled([sender.put(batchesOf('b', '2'), NEVER)])
      isIn = outcome?.status === 'fulfilled'
    }

    assert.equal(full?.status === 'rejected' && full.reason.message, 'the queue is full')
  })

  it('drops the oldest if it is told to, into another exchange', async (t) => {
    const make = maker(t)
    const dead = randomUUID()
    const morgue = make({ exchange: dead, queue: dead })
    await morgue.open?.(NEVER)
    const options: QueueAmqpOptions = { maxLength: 1, overflow: 'drop-oldest', deadLetterExchange: dead }
    await make(options).put(batchesOf('a', '1', '2'), NEVER)

    assert.deepEqual([await takeAll(make(options), 1), await takeAll(morgue, 1)].map(idsOf), [['a-1'], ['a-0']])
  })

  it('makes a quorum queue', async (t) => {
    const make = maker(t)
    const options = { quorum: true }
    await make(options).put(batchesOf('a', '1', '2'), NEVER)

    assert.deepEqual(idsOf(await takeAll(make(options), 2)), ['a-0', 'a-1'])
  })

  it('drops what is larger than the server takes, and goes on', async (t) => {
    const name = randomUUID()
    const handler = queue({
      queue: { type: 'amqp', url, exchange: name, queue: name },
      retryStart: 0.01,
      onError: 'ignore',
    })
    handler.write(line('x'.repeat(2_000_000)))
    handler.write(line('small'))

    const taken = await takeAll(maker(t)({ exchange: name, queue: name }), 1)
    await new Promise<void>((resolve) => handler.end(() => resolve()))

    assertBalanced(handler.stats)
    assert.deepEqual(
      [taken.map(({ data }) => JSON.parse(data).msg), handler.stats.delivered, handler.stats.dropped],
      [['small'], 1, { refused: 1 }],
    )
  })

  it('says that the queue is there with other options', async (t) => {
    const make = maker(t)
    await make().open?.(NEVER)

    await assert.rejects(async () => await make({ maxLength: 5 }).take(NEVER), {
      message: /^the queue or the exchange is there with other options \(.*inequivalent arg 'x-max-length'/,
    })
  })

  it('says that the password is wrong, and that there is no such virtual host', async (t) => {
    const make = maker(t)
    const put = async (address: string): Promise<string> => {
      const [outcome] = await Promise.allSettled([make({ url: address }).put(batchesOf('a', '1'), NEVER)])
      return outcome?.status === 'rejected' ? outcome.reason.message.replace(/ \(.*/s, '') : 'put'
    }

    assert.deepEqual(
      [await put(url.replace('//', '//guest:wrong@')), await put(`${url}/nowhere`)],
      ['the server refuses the name or the password', 'the server has no such virtual host'],
    )
  })
})

describe('queueAmqp refuses', () => {
  const wrong: readonly (readonly [options: Record<string, unknown>, message: string])[] = [
    [{ exchnage: 'logs' }, 'unknown option "exchnage"; did you mean "exchange"?'],
    [
      { url: 'localhost' },
      `option "url" must be a URL such as 'amqp://127.0.0.1:5672' or 'amqps://user:password@host:5671/vhost', got 'localhost'`,
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
