// What only a queue on NATS JetStream does.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it, type TestContext } from 'node:test'
import type { Queue } from '@pino-handlers/core/queue'
import queue from '@pino-handlers/queue'
import queueNats, { type QueueNatsOptions } from '@pino-handlers/queue-nats'
import { clientOf } from '../../../bench/engines/ends.js'
import { assertBalanced } from '../../../test/support/books.js'
import { certificates } from '../../../test/support/certificates.js'
import { line } from '../../../test/support/lines.js'
import { type NatsServerOptions, noNats, startNats } from '../../../test/support/nats-server.js'
import { batchesOf, closedAfter, NEVER, putUntilTaken, takeAll } from '../../core/test/queue-kinds.js'

type Make = (options?: QueueNatsOptions) => Queue

async function setUp(t: TestContext, given: NatsServerOptions = {}): Promise<{ url: string; make: Make }> {
  const { url } = await startNats(t, given)
  const stream = randomUUID()
  const make: Make = (options = {}) =>
    closedAfter(t, {
      producer: () => queueNats({ servers: url, stream, ...options }),
      consumer: () => queueNats(),
    }).producer()
  return { url, make }
}

interface Client {
  connect(options: { servers: string }): Promise<{
    request(subject: string, text: string): Promise<{ string(): string }>
    close(): Promise<void>
  }>
}

// As somebody else makes them, by the requests of the protocol.
async function makeStream(servers: string, name: string, stream: object, group: object | false): Promise<void> {
  const { connect } = clientOf<Client>('@pino-handlers/queue-nats', '@nats-io/transport-node')
  const connection = await connect({ servers })
  const ask = async (subject: string, config: object): Promise<void> => {
    const answer = await connection.request(`$JS.API.${subject}`, JSON.stringify(config))
    assert.doesNotMatch(answer.string(), /"error"/)
  }
  await ask(`STREAM.CREATE.${name}`, { name, ...stream })
  if (group) await ask(`CONSUMER.DURABLE.CREATE.${name}.pino-handlers`, { stream_name: name, config: group })
  await connection.close()
}

// What a handler puts that has much at once is taken, whole and once.
async function assertWhole(t: TestContext, options: QueueNatsOptions): Promise<void> {
  const pauses = { retryStart: 0.01, retryMax: 0.05 }
  const handler = queue({ queue: { type: 'nats', ...options }, ...pauses, onError: 'ignore' })
  const texts = Array.from({ length: 500 }, (_, n) => `${n} ${'ß€😀'.repeat(50)}`)
  for (const text of texts) handler.write(line(text))
  const taker = closedAfter(t, { producer: () => queueNats(options), consumer: () => queueNats(options) }).consumer()
  const taken: string[] = []
  while (taken.length < texts.length)
    for (const { data } of await takeAll(taker, 1))
      for (const each of data.trimEnd().split('\n')) taken.push(JSON.parse(each).msg)
  await new Promise<void>((resolve) => handler.end(() => resolve()))

  assertBalanced(handler.stats)
  // What comes when the stream is full for the first time may overtake.
  const inOrder = taken.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
  assert.deepEqual([inOrder, handler.stats.delivered, handler.stats.dropped], [texts, texts.length, {}])
}

const idsOf = (batches: readonly { readonly id: string }[]): string[] => batches.map(({ id }) => id)

describe('queueNats', { skip: noNats }, () => {
  it('has a batch once that was put twice', async (t) => {
    const { make } = await setUp(t)
    const sender = make()
    await sender.put(batchesOf('a', '1', '2'), NEVER)
    await sender.put(batchesOf('a', '1', '2', '3'), NEVER)

    assert.deepEqual(idsOf(await takeAll(make(), 3)), ['a-0', 'a-1', 'a-2'])
  })

  it('gives to another listener what a dead one has left', async (t) => {
    const { make } = await setUp(t)
    const options = { ackWait: 1 }
    const dead = make(options)
    await make(options).put(batchesOf('a', '1'), NEVER)
    await takeAll(dead, 1, false)
    await dead.close(AbortSignal.abort())

    assert.deepEqual(idsOf(await takeAll(make(options), 1)), ['a-0'])
  })

  it('puts nothing more into a full stream until something is acknowledged', async (t) => {
    const { make } = await setUp(t)
    const sender = make({ maxBytes: 100_000 })
    const large = (name: string): ReturnType<typeof batchesOf> => batchesOf(name, 'x'.repeat(60_000))
    await sender.put(large('a'), NEVER)
    const [full] = await Promise.allSettled([sender.put(large('b'), NEVER)])
    await takeAll(make(), 1)
    let isIn = false
    while (!isIn) {
      const [outcome] = await Promise.allSettled([sender.put(large('b'), NEVER)])
      isIn = outcome?.status === 'fulfilled'
    }

    assert.equal(full?.status === 'rejected' && full.reason.message, 'the stream is full (maximum bytes exceeded)')
  })

  it('puts nothing before what found no room, once the stream was full', async (t) => {
    const { make } = await setUp(t)
    const sender = make({ maxBytes: 100_000 })
    const large = 'x'.repeat(60_000)
    await sender.put(batchesOf('a', large), NEVER)
    await Promise.allSettled([sender.put(batchesOf('b', large), NEVER)])
    const [full] = await Promise.allSettled([sender.put(batchesOf('b', large, 'small'), NEVER)])
    const taker = make()
    const first = await takeAll(taker, 1)
    await putUntilTaken(sender, batchesOf('b', large, 'small'))

    assert.deepEqual(
      [full?.status, idsOf([...first, ...(await takeAll(taker, 2))])],
      ['rejected', ['a-0', 'b-0', 'b-1']],
    )
  })

  it('cuts batches to what the server takes, whatever their characters', async (t) => {
    const { url } = await setUp(t, { config: ['max_payload: 20KB'] })

    await assertWhole(t, { servers: url })
  })

  it('cuts batches to what the stream takes', async (t) => {
    const { url } = await setUp(t)
    await makeStream(url, 'queue', { subjects: ['queue'], retention: 'interest', max_msg_size: 20_000 }, false)

    await assertWhole(t, { servers: url, stream: 'queue' })
  })

  it('cuts batches to what finds room in an empty stream', async (t) => {
    const { url } = await setUp(t)

    await assertWhole(t, { servers: url, maxBytes: 50_000 })
  })

  it('drops a record that is larger than the server takes, and goes on', async (t) => {
    const { url, make } = await setUp(t, { config: ['max_payload: 200KB'] })
    const stream = randomUUID()
    const handler = queue({ queue: { type: 'nats', servers: url, stream }, retryStart: 0.01, onError: 'ignore' })
    handler.write(line('x'.repeat(400_000)))
    handler.write(line('small'))

    const taken = await takeAll(make({ stream }), 1)
    await new Promise<void>((resolve) => handler.end(() => resolve()))

    assertBalanced(handler.stats)
    assert.deepEqual(
      [taken.map(({ data }) => JSON.parse(data).msg), handler.stats.delivered, handler.stats.dropped],
      [['small'], 1, { refused: 1 }],
    )
  })

  it('speaks TLS, and trusts whom it is told to', async (t) => {
    const made = certificates(t)
    if (!made) return
    const { make } = await setUp(t, { identity: made.server })
    const tls = { ca: made.ca }
    await make({ tls }).put(batchesOf('a', '1'), NEVER)
    const [refused] = await Promise.allSettled([make({ tls: true }).put(batchesOf('b', '2'), NEVER)])

    assert.deepEqual([idsOf(await takeAll(make({ tls }), 1)), refused?.status], [['a-0'], 'rejected'])
  })
})

describe('queueNats says', { skip: noNats }, () => {
  const users = 'authorization { users: [{ user: logs, password: secret, permissions: { publish: "other.>" } }] }'
  const wrong: readonly (readonly [what: string, client: Record<string, string>, message: RegExp])[] = [
    ['a wrong password', { user: 'logs', pass: 'wrong' }, /^the server refuses the user \(/],
    ['a missing password', {}, /^the server refuses the user \(/],
    ['a missing permission', { user: 'logs', pass: 'secret' }, /^the user has no permission \(/],
  ]
  for (const [what, client, message] of wrong) {
    it(what, async (t) => {
      const { make } = await setUp(t, { config: [users] })

      await assert.rejects(async () => await make({ client }).put(batchesOf('a', '1'), NEVER), { message })
      await assert.rejects(async () => await make({ client }).take(NEVER), { message })
    })
  }
})

describe('queueNats leaves alone what is not its own', { skip: noNats }, () => {
  const limits = { retention: 'limits', discard: 'old', max_bytes: -1 }
  const streams: readonly (readonly [what: string, config: object, message: RegExp])[] = [
    ['a stream with another subject', { subjects: ['other.>'] }, / does not take the subject 'queue' but 'other\.>'$/],
    ['a stream that keeps what is acknowledged', { ...limits }, /^the stream is not one of a queue: .* 'limits'/],
    [
      'a stream that drops the oldest',
      { retention: 'workqueue', discard: 'old', max_bytes: 1000 },
      /^the stream is not one of a queue: .* to discard/,
    ],
    ['a group that is pushed to', { deliver_subject: 'there' }, /^the group 'pino-handlers' is there with .*it pushes/],
    ['a group that need not acknowledge', { ack_policy: 'none' }, /its ack_policy is 'none'/],
    ['a group with other times', { ack_wait: 7e9 }, /\(ackWait 7 instead of 30\)$/],
    ['a group that takes a part', { filter_subject: 'queue' }, /it has a filter/],
  ]
  for (const [what, config, message] of streams) {
    it(what, async (t) => {
      const { url, make } = await setUp(t)
      const isGroup = what.includes('group')
      const stream = { subjects: ['queue'], retention: 'interest', discard: 'new', ...(!isGroup && config) }
      const group = { durable_name: 'pino-handlers', ack_policy: 'explicit', max_ack_pending: 1000, ack_wait: 30e9 }
      await makeStream(url, 'queue', stream, isGroup && { ...group, ...config })

      await assert.rejects(async () => await make({ stream: 'queue' }).take(NEVER), { message })
    })
  }

  it('but uses a stream with more subjects that somebody else has made', async (t) => {
    const { url, make } = await setUp(t)
    await makeStream(url, 'queue', { subjects: ['logs.*', 'more'], retention: 'workqueue' }, false)
    const options = { stream: 'queue', subject: 'logs.shop' }
    await make(options).put(batchesOf('a', '1'), NEVER)

    assert.deepEqual(idsOf(await takeAll(make(options), 1)), ['a-0'])
  })

  it('says that it may not make a stream', async (t) => {
    const permissions = '{ publish: ["$JS.API.INFO", "$JS.API.STREAM.INFO.*"], subscribe: ">" }'
    const config = [`authorization { users: [{ user: logs, password: secret, permissions: ${permissions} }] }`]
    const { make } = await setUp(t, { config })
    const client = { user: 'logs', pass: 'secret' }
    const message = /^the user has no permission \(.*STREAM\.CREATE/i

    await assert.rejects(async () => await make({ client }).put(batchesOf('a', '1'), NEVER), { message })
    await assert.rejects(async () => await make({ client }).take(NEVER), { message })
  })
})

describe('queueNats refuses', () => {
  const wrong: readonly (readonly [options: Record<string, unknown>, message: string])[] = [
    [{ server: 'localhost' }, 'unknown option "server"; did you mean "servers"?'],
    [{ servers: [] }, `option "servers" must be a URL such as 'nats://127.0.0.1:4222', or a list of them, got []`],
    [
      { servers: ['nats://a:4222/', '[::1]:4222', '::1', 'b:x'] },
      `option "servers" must be a URL such as 'nats://127.0.0.1:4222', or a list of them, got [ 'nats://a:4222/', '[::1]:4222', '::1', 'b:x' ]`,
    ],
    [
      { servers: 'http://a' },
      `option "servers" must be a URL such as 'nats://127.0.0.1:4222', or a list of them, got 'http://a'`,
    ],
    [
      { servers: 'nats://logs:secret@a' },
      `option "servers" is 'nats://***@a': a user is given as option "client", such as { user: 'logs', pass: 'secret' }`,
    ],
    [{ servers: 'tls://a' }, `option "servers" is 'tls://a': TLS is asked for with option "tls"`],
    [{ stream: 'a.b' }, `option "stream" must be a name without spaces and without any of . * > / \\, got 'a.b'`],
    [{ maxAckPending: 0 }, 'option "maxAckPending" must be an integer, 1 or more, got 0'],
  ]
  for (const [options, message] of wrong) {
    it(message, () => {
      assert.throws(() => queue({ queue: { type: 'nats', ...options } }), {
        name: 'HandlerOptionError',
        message: `[queue] option "queue" of type 'nats': ${message}`,
      })
    })
  }
})
