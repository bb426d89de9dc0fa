// What only a queue on RabbitMQ does.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { it, type TestContext } from 'node:test'
import type { Queue, QueueBatch } from '@pino-handlers/core/queue'
import queue from '@pino-handlers/queue'
import queueAmqp, { type QueueAmqpOptions } from '@pino-handlers/queue-amqp'
import { assertBalanced } from '../../../test/support/books.js'
import { certificates } from '../../../test/support/certificates.js'
import { line } from '../../../test/support/lines.js'
import type { RabbitmqServer } from '../../../test/support/rabbitmq-server.js'
import { batchesOf, closedAfter, NEVER, putUntilTaken, takeAll } from '../../core/test/queue-kinds.js'

/** A user of the server who may do nothing. */
export const STRANGER = 'stranger'

const idsOf = (batches: readonly { readonly id: string }[]): string[] => batches.map(({ id }) => id)

/** Tests what only a queue on RabbitMQ does; the server takes messages of 6 MB. */
export function amqpOnly(running: () => RabbitmqServer): void {
  // Makes queues of one exchange and one name.
  function maker(t: TestContext): (options?: QueueAmqpOptions) => Queue {
    const name = randomUUID()
    return (options = {}) =>
      closedAfter(t, {
        producer: () => queueAmqp({ url: running().url, exchange: name, queue: name, ...options }),
        consumer: () => queueAmqp(),
      }).producer()
  }

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

  it('does not put again what found room when what came with it did not', async (t) => {
    const make = maker(t)
    const options: QueueAmqpOptions = { maxLength: 1 }
    const [sender, batches] = [make(options), batchesOf('a', '1', '2', '3')]
    const taken: string[] = []
    for (const _ of batches) {
      await Promise.allSettled([sender.put(batches, NEVER)])
      const taker = make(options)
      taken.push(...idsOf(await takeAll(taker, 1)))
      await taker.close(NEVER)
    }

    assert.deepEqual(taken, ['a-0', 'a-1', 'a-2'])
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

  it('gives out again only what was not acknowledged, in whichever order the rest was', async (t) => {
    const make = maker(t)
    const dead = make()
    await make().put(batchesOf('a', '0', '1', '2', '3', '4', '5'), NEVER)
    const taken = await takeAll(dead, 6, false)
    const those = (...numbers: readonly number[]): QueueBatch[] => taken.filter((_, n) => numbers.includes(n))
    await dead.acknowledge(those(1, 4))
    await dead.acknowledge(those(0))
    await dead.close(NEVER)

    assert.deepEqual(idsOf(await takeAll(make(), 3)), ['a-2', 'a-3', 'a-5'])
  })

  it('lets one take while others wait for their turn', async (t) => {
    const make = maker(t)
    const options = { singleActiveConsumer: true, prefetch: 1 }
    const [first, second] = [make(options), make(options)]
    await first.open?.(NEVER)
    await second.open?.(NEVER)
    await make(options).put(batchesOf('a', '1', '2', '3'), NEVER)
    const taken = [...(await takeAll(first, 1, false))]
    const waiting = takeAll(second, 3)
    await first.close(NEVER)

    assert.deepEqual([idsOf(taken), idsOf(await waiting)], [['a-0'], ['a-0', 'a-1', 'a-2']])
  })

  for (const quorum of [false, true]) {
    const kind = quorum ? 'a quorum queue' : 'a classic queue'

    it(`gives out again and again, in order, what nobody has acknowledged in ${kind}`, async (t) => {
      const make = maker(t)
      const options = { quorum, prefetch: 2 }
      await make(options).put(batchesOf('a', '0', '1', '2', '3'), NEVER)
      const lives: string[][] = []
      // More often than a quorum queue does by itself.
      for (let life = 0; life < 25; life++) {
        const dying = make(options)
        lives.push(idsOf(await takeAll(dying, 2, false)))
        await dying.close(AbortSignal.abort())
      }

      assert.deepEqual(
        [...lives, idsOf(await takeAll(make(options), 4))],
        [...lives.map(() => ['a-0', 'a-1']), ['a-0', 'a-1', 'a-2', 'a-3']],
      )
    })

    it(`puts nothing before what found no room, once ${kind} was full`, async (t) => {
      const make = maker(t)
      const options = { quorum, maxLength: 2 }
      const sender = make(options)
      // A quorum queue says so only a while after it is.
      for (let isIn = true; isIn; ) {
        const [outcome] = await Promise.allSettled([sender.put(batchesOf('earlier', '1'), NEVER)])
        isIn = outcome?.status === 'fulfilled'
      }
      const batches = batchesOf('a', ...Array.from({ length: 20 }, (_, n) => String(n)))
      const putting = putUntilTaken(sender, batches)
      const ids = new Set<string>()
      const taker = make(options)
      while (!ids.has('a-19')) for (const id of idsOf(await takeAll(taker, 1))) ids.add(id)
      // What comes again needs room, too.
      await Promise.race([putting, takeAll(taker, Number.POSITIVE_INFINITY)])

      assert.deepEqual([...ids], ['earlier-0', ...idsOf(batches)])
    })
  }

  it('drops what is larger than the server takes, and goes on', async (t) => {
    const name = randomUUID()
    const handler = queue({
      queue: { type: 'amqp', url: running().url, exchange: name, queue: name },
      retryStart: 0.01,
      onError: 'ignore',
    })
    handler.write(line('x'.repeat(7_000_000)))
    handler.write(line('small'))

    const taken = await takeAll(maker(t)({ exchange: name, queue: name }), 1)
    await new Promise<void>((resolve) => handler.end(() => resolve()))

    assertBalanced(handler.stats)
    assert.deepEqual(
      [taken.map(({ data }) => JSON.parse(data).msg), handler.stats.delivered, handler.stats.dropped],
      [['small'], 1, { refused: 1 }],
    )
  })

  it('cuts batches to what finds room in an empty queue', async (t) => {
    const name = randomUUID()
    const options = { exchange: name, queue: name, maxBytes: 50_000 }
    const handler = queue({
      queue: { type: 'amqp', url: running().url, ...options },
      retryStart: 0.01,
      retryMax: 0.05,
      onError: 'ignore',
    })
    const texts = Array.from({ length: 500 }, (_, n) => `${n} ${'x'.repeat(500)}`)
    for (const text of texts) handler.write(line(text))
    const taker = maker(t)(options)
    const taken = new Set<string>()
    while (taken.size < texts.length)
      for (const { data } of await takeAll(taker, 1))
        for (const each of data.trimEnd().split('\n')) taken.add(JSON.parse(each).msg)
    await new Promise<void>((resolve) => handler.end(() => resolve()))

    assertBalanced(handler.stats)
    // What comes when the queue is full for the first time may overtake.
    assert.deepEqual([taken, handler.stats.delivered, handler.stats.dropped], [new Set(texts), texts.length, {}])
  })

  it('says that the queue is there with other options', async (t) => {
    const make = maker(t)
    await make().open?.(NEVER)

    await assert.rejects(async () => await make({ maxLength: 5 }).take(NEVER), {
      message: /^the queue or the exchange is there with other options \(.*inequivalent arg 'x-max-length'/,
    })
  })

  it('says that a queue of another type is there', async (t) => {
    const make = maker(t)
    await make().open?.(NEVER)

    await assert.rejects(async () => await make({ quorum: true }).take(NEVER), {
      message: /^the queue or the exchange is there with other options \(.*inequivalent arg 'x-queue-type'/,
    })
  })

  it('says that the user has no permission', async (t) => {
    const make = maker(t)
    const url = running().url.replace('//', `//${STRANGER}:${STRANGER}@`)
    const message = /^the user has no permission \(/

    await assert.rejects(async () => await make({ url }).put(batchesOf('a', '1'), NEVER), { message })
    await assert.rejects(async () => await make({ url }).take(NEVER), { message })
  })

  it('speaks TLS, and trusts whom it is told to', async (t) => {
    const made = certificates(t)
    if (!made) return
    const make = maker(t)
    const url = `amqps://127.0.0.1:${running().tlsPort}`
    const tls = { ca: made.ca }
    await make({ url, tls }).put(batchesOf('a', '1'), NEVER)
    const [refused] = await Promise.allSettled([make({ url }).put(batchesOf('b', '2'), NEVER)])

    assert.deepEqual(
      [idsOf(await takeAll(make({ url: url.replace('amqps', 'amqp'), tls }), 1)), refused?.status],
      [['a-0'], 'rejected'],
    )
  })

  it('holds records while the server is short of memory, and tells it', async (t) => {
    const server = running()
    const name = randomUUID()
    const option = { type: 'amqp', url: server.url, exchange: name, queue: name }
    const handler = queue({ queue: option, retryStart: 0.01, retryMax: 0.1, onError: 'ignore' })
    const taker = maker(t)({ exchange: name, queue: name })
    handler.write(line('0'))
    const first = await takeAll(taker, 1)

    await server.control('set_vm_memory_high_watermark', '0')
    for (let n = 1; !/takes nothing for now/.test(handler.stats.lastError ?? ''); n++) {
      handler.write(line(String(n)))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const held = handler.stats.queued
    await server.control('set_vm_memory_high_watermark', '0.6')
    const { received } = handler.stats
    const messages = (batches: readonly QueueBatch[]): string[] =>
      batches.flatMap(({ data }) =>
        data
          .trimEnd()
          .split('\n')
          .map((each) => JSON.parse(each).msg),
      )
    const taken = messages(first)
    while (taken.length < received) taken.push(...messages(await takeAll(taker, 1)))
    await new Promise<void>((resolve) => handler.end(() => resolve()))

    assertBalanced(handler.stats)
    assert.deepEqual(
      [held > 0, taken, handler.stats.delivered],
      [true, Array.from({ length: received }, (_, n) => String(n)), received],
    )
  })

  it('says that the password is wrong, and that there is no such virtual host', async (t) => {
    const make = maker(t)
    const { url } = running()
    const put = async (address: string): Promise<string> => {
      const [outcome] = await Promise.allSettled([make({ url: address }).put(batchesOf('a', '1'), NEVER)])
      return outcome?.status === 'rejected' ? outcome.reason.message.replace(/ \(.*/s, '') : 'put'
    }

    assert.deepEqual(
      [await put(url.replace('//', '//guest:wrong@')), await put(`${url}/nowhere`)],
      ['the server refuses the name or the password', 'the server has no such virtual host'],
    )
  })
}
