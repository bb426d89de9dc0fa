// What only a queue on Redis Streams does.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it, type TestContext } from 'node:test'
import type { Queue } from '@pino-handlers/core/queue'
import queue from '@pino-handlers/queue'
import queueRedis, { type QueueRedisOptions } from '@pino-handlers/queue-redis'
import { createClient } from '@redis/client'
import { certificates } from '../../../test/support/certificates.js'
import type { OwnServer } from '../../../test/support/own-server.js'
import { noRedis, type RedisServerOptions, startRedis } from '../../../test/support/redis-server.js'
import { runFixture } from '../../../test/support/run-node.js'
import { batchesOf, closedAfter, NEVER, takeAll } from '../../core/test/queue-kinds.js'

interface Setup {
  readonly server: OwnServer
  readonly stream: string
  make(options?: QueueRedisOptions): Queue
  /** A command as a client sends it. */
  send(...command: string[]): Promise<unknown>
}

async function setUp(t: TestContext, given: RedisServerOptions = {}): Promise<Setup> {
  const server = await startRedis(t, given)
  const stream = randomUUID()
  const client = createClient({ url: server.url, RESP: 2 })
  // The server goes first.
  client.on('error', () => {})
  const make = (options: QueueRedisOptions = {}): Queue =>
    closedAfter(t, {
      producer: () => queueRedis({ url: server.url, stream, ...options }),
      consumer: () => queueRedis(),
    }).producer()
  return {
    server,
    stream,
    make,
    async send(...command) {
      if (!client.isOpen) {
        await client.connect()
        t.after(() => client.destroy())
      }
      return await client.sendCommand(command)
    },
  }
}

// A process that puts something and then has nothing to do.
const idleProcess = (option: object): Promise<unknown> => runFixture('queue-idle', option)
const ENDS = { code: 0, signal: null, stdout: 'delivered 1\n', stderr: '' }

const idsOf = (batches: readonly { readonly id: string }[]): string[] => batches.map(({ id }) => id)

describe('queueRedis', { skip: noRedis }, () => {
  it('has nothing left in the stream when all groups have acknowledged', async (t) => {
    const { make, send, stream } = await setUp(t)
    const [one, two] = [make({ group: 'one' }), make({ group: 'two' })]
    await one.open?.(NEVER)
    await two.open?.(NEVER)
    await make().put(batchesOf('a', '1', '2', '3'), NEVER)

    await takeAll(one, 3)
    const taken = await takeAll(two, 3, false)
    await two.acknowledge(taken.slice(0, 1))
    let left: unknown
    const wait = async (count: number): Promise<void> => {
      do left = await send('XLEN', stream)
      while (left !== count)
    }
    await wait(2)
    await two.acknowledge(taken.slice(1))
    await wait(0)

    assert.equal(left, 0)
  })

  it('gives to another listener what a dead one has left, but not what is only slow', async (t) => {
    const { make, send, stream } = await setUp(t)
    const options = { claimAfter: 1 }
    const slow = make(options)
    await make().put(batchesOf('slow', '1'), NEVER)
    await takeAll(slow, 1, false)
    await make().put(batchesOf('dead', '1', '2'), NEVER)
    await send('XREADGROUP', 'GROUP', 'pino-handlers', 'somebody', 'STREAMS', stream, '>')

    const taken = await takeAll(make(options), 2)

    assert.deepEqual(idsOf(taken), ['dead-0', 'dead-1'])
  })

  it('goes on where it was killed, in order, under the name that it keeps', async (t) => {
    const { make, send, stream } = await setUp(t)
    await make().put(batchesOf('a', '1', '2'), NEVER)
    await send('XGROUP', 'CREATE', stream, 'pino-handlers', '0')
    await send('XREADGROUP', 'GROUP', 'pino-handlers', 'one', 'COUNT', '1', 'STREAMS', stream, '>')

    const taken = await takeAll(make({ consumer: 'one' }), 2)

    assert.deepEqual(idsOf(taken), ['a-0', 'a-1'])
  })

  it('puts nothing more into a full stream until something is acknowledged', async (t) => {
    const { make } = await setUp(t)
    const sender = make({ maxLength: 2 })
    await sender.put(batchesOf('a', '1', '2', '3'), NEVER)
    const senders = [sender, make({ maxLength: 2 })]
    const full = await Promise.allSettled(senders.map(async (each) => await each.put(batchesOf('b', '4'), NEVER)))
    await takeAll(make(), 3)
    let isIn = false
    while (!isIn) {
      const [outcome] = await Promise.allSettled([sender.put(batchesOf('b', '4'), NEVER)])
      isIn = outcome?.status === 'fulfilled'
    }

    assert.deepEqual(
      full.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.message : 'put')),
      senders.map(() => 'the stream is full: it has 3 batches, and option "maxLength" allows 2'),
    )
  })

  it('drops the oldest if it is told to, and counts the records that nobody had taken', async (t) => {
    const { make } = await setUp(t)
    const options: QueueRedisOptions = { maxLength: 3, overflow: 'drop-oldest' }
    const sender = make(options)
    const lost: unknown[] = []
    sender.observer = { lost: (...news) => lost.push(news), failed: (error) => lost.push(error) }
    await sender.put(batchesOf('a', '1'), NEVER)
    await takeAll(make(), 1, false)
    await sender.put(
      [...batchesOf('b', '2'), { id: 'c', data: '3\n4\n', count: 2 }, ...batchesOf('d', '5', '6')],
      NEVER,
    )

    const taken = await takeAll(make({ group: 'other' }), 3)

    assert.deepEqual([idsOf(taken), lost], [['c', 'd-0', 'd-1'], [[1, 'overflow']]])
  })

  it('leaves out entries that somebody else has put there, and says so', async (t) => {
    const { make, send, stream } = await setUp(t)
    const id = String(await send('XADD', stream, '*', 'temperature', '21'))
    await make().put(batchesOf('a', '1'), NEVER)
    const taker = make()
    const told: string[] = []
    taker.observer = { lost() {}, failed: ({ message }) => told.push(message) }

    const taken = await takeAll(taker, 1)

    assert.deepEqual([idsOf(taken), told], [['a-0'], [`entries that are no batches were left out: ${id}`]])
  })

  it('speaks TLS, and trusts whom it is told to', async (t) => {
    const made = certificates(t)
    if (!made) return
    const { make } = await setUp(t, { identity: { ...made.server, ca: made.ca } })
    const tls = { ca: made.ca }
    await make({ tls }).put(batchesOf('a', '1'), NEVER)
    const [refused] = await Promise.allSettled([make({ tls: true }).put(batchesOf('b', '2'), NEVER)])

    assert.deepEqual(
      [idsOf(await takeAll(make({ tls }), 1)), refused?.status === 'rejected' && refused.reason.code],
      [['a-0'], 'SELF_SIGNED_CERT_IN_CHAIN'],
    )
  })

  it('finds the master that sentinels name, though one of them is away', async (t) => {
    const { make, server } = await setUp(t)
    const { port } = await startRedis(t, { watches: { name: 'logs', port: server.port, quorum: 1 } })
    const sentinelRootNodes = [1, port].map((each) => ({ host: '127.0.0.1', port: each }))
    // A URL at which there is nobody.
    const options: QueueRedisOptions = { url: 'redis://127.0.0.1:1', sentinel: { name: 'logs', sentinelRootNodes } }
    await make(options).put(batchesOf('a', '1', '2'), NEVER)
    const taker = make(options)
    const taken = [...(await takeAll(taker, 1, false))]
    await taker.acknowledge(taken)
    taken.push(...(await takeAll(taker, 2 - taken.length)))

    assert.deepEqual([idsOf(taken), await idleProcess({ type: 'redis', ...options })], [['a-0', 'a-1'], ENDS])
  })

  it('finds the server of a cluster that has the stream, though one of them is away', async (t) => {
    const { make, server, send } = await setUp(t, { config: ['cluster-enabled yes'] })
    await send('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
    let state = ''
    while (!state.includes('cluster_state:ok')) state = String(await send('CLUSTER', 'INFO'))
    const rootNodes = ['redis://127.0.0.1:1', server.url].map((url) => ({ url }))
    const options = { cluster: { rootNodes } }
    await make(options).put(batchesOf('a', '1', '2'), NEVER)
    const taken = await takeAll(make(options), 2)

    assert.deepEqual([idsOf(taken), await idleProcess({ type: 'redis', ...options })], [['a-0', 'a-1'], ENDS])
  })

  it('has put what so many replicas have, and does not fill the stream when they are missing', async (t) => {
    const { make, send, server, stream } = await setUp(t)
    const sender = make({ minReplicas: 1, timeout: 1 })
    const put = async (): Promise<string> => {
      const [outcome] = await Promise.allSettled([sender.put(batchesOf('a', '1'), NEVER)])
      return outcome?.status === 'rejected' ? outcome.reason.message : 'put'
    }
    const lacking = '0 replicas have it, and option "minReplicas" wants 1'
    const alone = [await put(), await put(), await send('XLEN', stream)]
    await startRedis(t, { config: [`replicaof 127.0.0.1 ${server.port}`] })
    let outcome = lacking
    while (outcome === lacking) outcome = await put()

    assert.deepEqual([alone, outcome], [[lacking, lacking, 1], 'put'])
  })
})

describe('queueRedis says', { skip: noRedis }, () => {
  const users = ['user default off', 'user logs on >secret ~* +@all', 'user weak on >secret ~* +ping +hello +client']
  const wrong: readonly (readonly [what: string, user: string, message: RegExp])[] = [
    ['a wrong password', 'logs:wrong', /^the server refuses the name or the password \(WRONGPASS /],
    ['a missing password', '', /^the server wants a password \(NOAUTH /],
    ['a missing permission', 'weak:secret', /^the user has no permission \(NOPERM /],
  ]
  for (const [what, user, message] of wrong) {
    it(what, async (t) => {
      const { server } = await setUp(t, { config: users })
      const url = server.url.replace('//', user ? `//${user}@` : '//')
      const target = queueRedis({ url })
      t.after(() => target.close(AbortSignal.abort()))

      await assert.rejects(async () => await target.put(batchesOf('a', '1'), NEVER), { message })
      await assert.rejects(async () => await target.take(NEVER), { message })
    })
  }

  it('that the key is no stream', async (t) => {
    const { make, send, stream } = await setUp(t)
    await send('SET', stream, '1')
    const message = /^the key has another type: it is no stream \(WRONGTYPE /

    await assert.rejects(async () => await make().put(batchesOf('a', '1'), NEVER), { message })
    await assert.rejects(async () => await make().take(NEVER), { message })
  })

  it('that the memory of the server is full', async (t) => {
    const { make } = await setUp(t, { config: ['maxmemory 1mb'] })

    await assert.rejects(async () => await make().put(batchesOf('a', 'x'.repeat(500_000), 'y'), NEVER), {
      message: /^the memory of the server is full \(OOM /,
    })
  })
})

describe('queueRedis refuses', () => {
  const wrong: readonly (readonly [options: Record<string, unknown>, message: string])[] = [
    [{ stram: 'logs' }, 'unknown option "stram"; did you mean "stream"?'],
    [
      { url: 'http://localhost' },
      `option "url" must be a URL such as 'redis://127.0.0.1:6379' or 'rediss://user:password@host:6379/0', got 'http://localhost'`,
    ],
    [{ maxLength: -1 }, 'option "maxLength" must be a non-negative integer, got -1'],
    [{ overflow: 'drop' }, `option "overflow" must be 'block' | 'drop-oldest', got 'drop'`],
    [{ claimAfter: 0 }, 'option "claimAfter" must be a number of seconds, 1 or more, got 0'],
    [
      { cluster: {} },
      `option "cluster" must be an object such as { rootNodes: [{ url: 'redis://10.0.0.1:6379' }] }, got {}`,
    ],
    [
      { cluster: { rootNodes: [{ url: 'redis://a' }, { url: 'a:6379' }] } },
      `option "cluster" must be an object such as { rootNodes: [{ url: 'redis://10.0.0.1:6379' }] }, got { rootNodes: [ [Object], [Object] ] }`,
    ],
    [
      { cluster: { rootNodes: [{ socket: { port: 1 } }], useReplicas: true } },
      `option "cluster" has no use for 'useReplicas', only for rootNodes, defaults, nodeAddressMap`,
    ],
    [
      { sentinel: { name: 'logs', sentinelRootNodes: [{ host: 'a', port: 1 }], scanInterval: 1 } },
      `option "sentinel" has no use for 'scanInterval', only for name, sentinelRootNodes, sentinelClientOptions, nodeClientOptions, nodeAddressMap`,
    ],
    [
      { sentinel: { name: 'logs', sentinelRootNodes: [{ host: 'a', port: '1' }] } },
      `option "sentinel" must be an object such as { name: 'logs', sentinelRootNodes: [{ host: '10.0.0.1', port: 26379 }] }, got { name: 'logs', sentinelRootNodes: [ [Object] ] }`,
    ],
    [{ minReplicas: -1 }, 'option "minReplicas" must be a non-negative integer, got -1'],
    [{ cluster: {}, sentinel: {} }, 'option "cluster" has no part beside option "sentinel", got {}: give one of them'],
  ]
  for (const [options, message] of wrong) {
    it(message, () => {
      assert.throws(() => queue({ queue: { type: 'redis', ...options } }), {
        name: 'HandlerOptionError',
        message: `[queue] option "queue" of type 'redis': ${message}`,
      })
    })
  }
})
