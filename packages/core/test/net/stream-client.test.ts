// A connection over a stream, and what becomes of it when the other side is not as it should be.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import dns from 'node:dns'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { type Address, addressOf, streamClient, streamClientDefaults } from '@pino-handlers/core/net'
import { type Run, runFixture } from '../../../../test/support/run-node.js'
import { tempDir } from '../../../../test/support/temp-dir.js'
import { connecting, listening, patient, reason, send } from './connecting.js'

// Nobody listens there, and no other test can come to.
const CLOSED_PORT = 1

/** Lets any host have these addresses, and tells how often it was asked for. */
function resolving(t: TestContext, ...addresses: readonly { address: string; family: number }[]): () => number {
  type Found = (error: null, found: readonly { address: string; family: number }[]) => void
  const replaced = t.mock.method(dns, 'lookup', (_host: string, _options: object, found: Found) => {
    process.nextTick(found, null, addresses)
  })
  return () => replaced.mock.callCount()
}

const LARGE = 'x'.repeat(64 * 1024 * 1024)

describe('a stream client', () => {
  it('is named by its address', () => {
    const label = (address: Address, tls: false | object): string =>
      streamClient({ ...streamClientDefaults, address, tls }).label

    assert.deepEqual(
      [
        label({ host: 'here', port: 1 }, false),
        label({ host: 'here', port: 1 }, {}),
        label({ path: '/run/log' }, false),
      ],
      ['tcp://here:1', 'tls://here:1', 'unix:/run/log'],
    )
  })

  it('tells nothing before connect() has returned', async (t) => {
    const { address } = await listening(t)
    const { opened, told } = connecting(t, { address })
    const before = [...told]
    await opened

    assert.deepEqual({ before, after: told }, { before: [], after: ['opened'] })
  })

  it('tells that nobody listens', async (t) => {
    const closed = await connecting(t, { address: { host: '127.0.0.1', port: CLOSED_PORT } }).closed

    assert.deepEqual(
      { reason: reason(closed), taken: closed.taken },
      { reason: { message: 'connect ECONNREFUSED 127.0.0.1:1', code: 'ECONNREFUSED' }, taken: 0 },
    )
  })

  it('tells of each address of a host why it cannot be reached', async (t) => {
    resolving(t, { address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 })
    const closed = await connecting(t, { address: { host: 'logs.example', port: CLOSED_PORT } }).closed

    // Without IPv6 on the machine, the second reason is another one.
    assert.match(closed.error?.message ?? '', /^connect ECONNREFUSED 127\.0\.0\.1:1, connect E[A-Z]+ ::1:1/)
    assert.equal(closed.error?.code, 'ECONNREFUSED')
  })

  it('looks for the address of a host at each attempt', async (t) => {
    const { address } = await listening(t)
    const asked = resolving(t, { address: '127.0.0.1', family: 4 })
    const client = { address: { host: 'logs.example', port: address.port } }
    await connecting(t, client).opened
    await connecting(t, client).opened

    assert.equal(asked(), 2)
  })

  it('tells that a host has no address', async (t) => {
    t.mock.method(dns, 'lookup', (host: string, _options: object, found: (error: Error) => void) => {
      const error = new Error(`getaddrinfo ENOTFOUND ${host}`)
      process.nextTick(found, Object.assign(error, { code: 'ENOTFOUND' }))
    })
    const closed = await connecting(t, { address: { host: 'x.invalid', port: 1 } }).closed

    assert.deepEqual(reason(closed), { message: 'getaddrinfo ENOTFOUND x.invalid', code: 'ENOTFOUND' })
  })

  it('gives up a host whose address is not found in time', async (t) => {
    // The search that is never answered does not keep this process alive.
    await listening(t)
    t.mock.method(dns, 'lookup', () => {})
    const closed = await connecting(t, { address: { host: 'x.invalid', port: 1 }, connectTimeout: 0.05 }).closed

    const message = 'connect ETIMEDOUT: no connection within 0.05 s'
    assert.deepEqual(reason(closed), { message, code: 'ETIMEDOUT' })
  })

  it('does not give up a connection that was made while the process was busy', async (t) => {
    const { address } = await listening(t)
    const { opened, told } = connecting(t, { address, connectTimeout: 0.01 })

    // The attempt begins with the next tick.
    await new Promise<void>((resolve) => process.nextTick(resolve))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    await opened

    assert.deepEqual(told, ['opened'])
  })

  it('sends over a Unix socket or a pipe', async (t) => {
    const windows = process.platform === 'win32'
    const path = windows ? String.raw`\\.\pipe\pino-handlers-${process.pid}` : join(tempDir(t), 'log.sock')
    const server = createServer()
    server.listen(path)
    await once(server, 'listening')
    t.after(() => server.close())
    const heard = once(server, 'connection').then(async ([socket]: Socket[]) => (await socket?.toArray())?.join(''))
    const { connection, opened } = connecting(t, { address: addressOf(path, null) })
    await opened
    const taken = await send(connection, 'one\n', 'two\n')
    await connection.end(patient)

    assert.deepEqual({ taken, heard: await heard }, { taken: 2, heard: 'one\ntwo\n' })
  })

  it('sends strings and bytes in order, 50 MB of them', async (t) => {
    const server = createServer()
    const [sent, received] = [createHash('sha256'), createHash('sha256')]
    server.on('connection', (socket) => socket.on('data', (chunk) => received.update(chunk)))
    const { address, peer } = await listening(t, server)
    const { connection, opened } = connecting(t, { address })
    await opened
    const ended = peer.then((socket) => once(socket, 'close'))
    for (let n = 0; n < 400; n++) {
      const [text, bytes] = [`${n} é\n`.repeat(8192), Buffer.from(`${n} bytes\n`.repeat(8192))]
      sent.update(text).update(bytes)
      const parts = [
        { data: text, count: 8192 },
        { data: bytes, count: 8192 },
      ]
      await new Promise((resolve) => connection.send(parts, resolve))
    }
    await connection.end(patient)
    await ended

    assert.equal(received.digest('hex'), sent.digest('hex'))
  })

  it('calls done after send() has returned', async (t) => {
    const { address } = await listening(t)
    const { connection, opened } = connecting(t, { address })
    await opened
    const order: string[] = []
    await new Promise<void>((resolve) => {
      connection.send([{ data: 'line\n', count: 1 }], () => {
        order.push('done')
        resolve()
      })
      order.push('returned')
    })

    assert.deepEqual(order, ['returned', 'done'])
  })

  it('calls done at once in the last moments of a process, for what the system has taken', async (t) => {
    const { address, peer } = await listening(t)
    const { connection, opened } = connecting(t, { address })
    await opened
    ;(await peer).pause()
    const order: string[] = []
    connection.send([{ data: 'line\n', count: 1 }], () => order.push('done'))
    connection.sendNow()
    order.push('returned')
    await setImmediate()
    connection.send([{ data: LARGE, count: 1 }], () => order.push('done'))
    connection.sendNow()

    assert.deepEqual(order, ['done', 'returned'])
  })
})

describe('a connection over a stream', () => {
  it('is over when the other side ends it, without an error', async (t) => {
    const { address, peer } = await listening(t)
    const { closed, opened } = connecting(t, { address })
    await opened
    ;(await peer).end('bye')

    assert.deepEqual(await closed, { error: undefined, taken: 0 })
  })

  it('is over when the other side resets it', async (t) => {
    const { address, peer } = await listening(t)
    const { connection, closed, opened, told } = connecting(t, { address })
    await opened
    ;(await peer).once('data', function reset(this: Socket) {
      this.resetAndDestroy()
    })
    connection.send([{ data: LARGE, count: 1 }], () => assert.fail('nobody has taken it'))
    const { error, taken } = await closed

    // Reading or writing finds it first.
    assert.match(error?.message ?? '', /^(read|write) (ECONNRESET|EPIPE)$/)
    assert.deepEqual({ taken, told }, { taken: 0, told: ['opened', 'closed'] })
  })

  it('is over when the other side takes nothing', async (t) => {
    const { address, peer } = await listening(t)
    const { connection, closed, opened } = connecting(t, { address, writeTimeout: 0.05 })
    await opened
    ;(await peer).pause()
    connection.send([{ data: LARGE, count: 1 }], () => assert.fail('nobody has taken it'))

    const message = 'write ETIMEDOUT: nothing was taken for 0.05 s'
    assert.deepEqual(reason(await closed), { message, code: 'ETIMEDOUT' })
  })

  it('is closed in good order when there was no traffic', async (t) => {
    const { address, text } = await listening(t)
    const { connection, opened, idled, told } = connecting(t, { address, idleTimeout: 0.05 })
    await opened
    await send(connection, 'line\n')
    await idled
    const received = await text
    await setImmediate()

    assert.deepEqual({ received, told }, { received: 'line\n', told: ['opened', 'idled'] })
  })

  it('tells nothing after destroy', async (t) => {
    const { address, peer, text } = await listening(t)
    const { connection, opened, told } = connecting(t, { address })
    await opened
    await peer
    connection.send([{ data: 'line\n', count: 1 }], () => assert.fail('it was let go of'))
    connection.destroy()
    const received = await text

    assert.deepEqual({ received, told }, { received: 'line\n', told: ['opened'] })
  })

  it('ends when the other side has read everything', async (t) => {
    const server = createServer({ allowHalfOpen: true })
    const { address, peer, text } = await listening(t, server)
    const { connection, opened, told } = connecting(t, { address })
    await opened
    const socket = await peer
    // What nobody reads would make the end a reset.
    socket.write('hello\n')
    socket.on('end', () => socket.end())
    connection.send([{ data: LARGE, count: 1 }], () => {})
    await connection.end(patient)

    assert.deepEqual({ length: (await text).length, told }, { length: LARGE.length, told: ['opened'] })
  })

  it('ends all the same when the other side never closes', async (t) => {
    const { address } = await listening(t, createServer({ allowHalfOpen: true }))
    const { connection, opened, told } = connecting(t, { address })
    await opened
    await send(connection, 'line\n')
    await connection.end(patient)

    assert.deepEqual(told, ['opened'])
  })

  it('tells that the other side ended without having read everything', async (t) => {
    const { address, peer } = await listening(t, createServer({ pauseOnConnect: true }))
    const { connection, opened, told } = connecting(t, { address })
    await opened
    await send(connection, 'line\n')
    const ended = connection.end(patient)
    ;(await peer).resetAndDestroy()
    await ended

    assert.deepEqual(told, ['opened', 'failed'])
  })

  it('ends when time is up', async (t) => {
    const { address, peer } = await listening(t)
    const { connection, opened, told } = connecting(t, { address })
    await opened
    ;(await peer).pause()
    connection.send([{ data: LARGE, count: 1 }], () => assert.fail('nobody has taken it'))
    const deadline = new AbortController()
    const ended = connection.end(deadline.signal)
    deadline.abort()
    await ended

    assert.deepEqual(told, ['opened'])
  })

  it('ends at once while it is still on its way', async (t) => {
    const { address } = await listening(t)
    const { connection, told } = connecting(t, { address })
    await connection.end(patient)
    await setImmediate()

    assert.deepEqual(told, [])
  })
})

describe('a process with a connection over a stream', () => {
  /** What a process does, how it ended, and what the server got. */
  async function running(
    t: TestContext,
    action: string,
  ): Promise<Pick<Run, 'code' | 'stdout' | 'stderr'> & { text: string }> {
    const { address, text } = await listening(t)
    const { code, stdout, stderr } = await runFixture('stream-client', { address, action })
    return { code, stdout, stderr, text: await text }
  }

  it('ends by itself while the connection is open', async (t) => {
    assert.deepEqual(await running(t, 'idle'), { code: 0, stdout: '', stderr: '', text: '' })
  })

  it('does not end before what it sends has gone', async (t) => {
    const { text, ...run } = await running(t, 'send')

    assert.deepEqual({ ...run, length: text.length }, { code: 0, stdout: '33554432', stderr: '', length: 33_554_432 })
  })

  it('sends in its last moments what the system takes', async (t) => {
    assert.deepEqual(await running(t, 'exit'), { code: 0, stdout: '1 2 3', stderr: '', text: 'one\ntwo\nthree\n' })
  })
})
