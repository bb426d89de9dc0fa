// Datagrams to Unix sockets, to CPython in another process.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { checkUnixDatagram, unixDatagramClient } from '@pino-handlers/core/net'
import { runFixture } from '../../../../test/support/run-node.js'
import { tempDir } from '../../../../test/support/temp-dir.js'
import { loadKoffi as load, UnixDatagramSink } from '../../../../test/support/unix-datagram-sink.js'
import { Heard, numbers, openConnection, partsOf } from './open-connection.js'

const skip = process.platform === 'win32' && 'Windows has no Unix datagram sockets'

// As the receiver prints it.
const printed = (text: string): [number, string] => [Buffer.byteLength(text), text.slice(0, 40)]

describe('unixDatagramClient', { skip }, () => {
  it('sends each part as one datagram, in order, however few the system has room for', async (t) => {
    const path = join(tempDir(t), 's')
    const receiver = await UnixDatagramSink.start(t, path)
    if (!receiver) return
    const sender = await openConnection(t, unixDatagramClient({ path, load }))
    const data = [...numbers(1000), 'größe', '']

    const told = await sender.send([...partsOf(...data), ...partsOf(Buffer.from('bytes'))])

    const expected = [...data, 'bytes'].map(printed)
    assert.deepEqual([told, await receiver.received(1003)], [[1003], expected])
  })

  it('refuses a part that is too large, and can send those after it', async (t) => {
    const path = join(tempDir(t), 's')
    const receiver = await UnixDatagramSink.start(t, path)
    if (!receiver) return
    const sender = await openConnection(t, unixDatagramClient({ path, load }))
    const parts = partsOf('one', 'x'.repeat(32 * 1024 * 1024), 'three')

    const told = await sender.send(parts)
    await sender.send(parts.slice(2))

    const expected = [[1, 'EMSGSIZE'], ['one', 'three'].map(printed), [['opened']]]
    assert.deepEqual([told, await receiver.received(2), sender.events], expected)
  })

  it('goes on when a receiver reads again', async (t) => {
    const path = join(tempDir(t), 's')
    const receiver = await UnixDatagramSink.start(t, path)
    if (!receiver) return
    const sender = await openConnection(t, unixDatagramClient({ path, load }))
    const data = numbers(2000)

    receiver.pause()
    const sent = sender.send(partsOf(...data))
    // By then there is no more room.
    for (let turn = 0; turn < 100; turn++) await setImmediate()
    receiver.resume()

    assert.deepEqual([await sent, await receiver.received(2000)], [[2000], data.map(printed)])
  })

  it('closes when there is no room for two seconds, and says how many were taken', async (t) => {
    const path = join(tempDir(t), 's')
    const receiver = await UnixDatagramSink.start(t, path)
    if (!receiver) return
    const sender = await openConnection(t, unixDatagramClient({ path, load }))
    receiver.pause()

    t.mock.timers.enable({ apis: ['setTimeout'] })
    sender.connection.send(partsOf(...numbers(100_000)), () => sender.events.push(['done']))
    while (sender.events.length < 2) {
      t.mock.timers.tick(50)
      await setImmediate()
    }
    t.mock.timers.reset()
    receiver.resume()

    const taken = Number(sender.events[1]?.[2])
    const received = await receiver.received(taken)
    assert.deepEqual(
      [sender.events, received],
      [[['opened'], ['closed', 'EAGAIN', taken]], numbers(taken).map(printed)],
    )
  })

  it('closes when the receiver is gone, and reaches the next one', async (t) => {
    const path = join(tempDir(t), 's')
    const first = await UnixDatagramSink.start(t, path)
    if (!first) return
    const client = unixDatagramClient({ path, load })
    const sender = await openConnection(t, client)
    await sender.send(partsOf('one'))
    await first.received(1)
    await first.stop()
    const between = new Heard(t, client)
    await between.heard('closed')

    sender.connection.send(partsOf('lost'), () => sender.events.push(['done']))
    await sender.heard('closed')
    const second = await UnixDatagramSink.start(t, path)
    const again = await openConnection(t, client)
    await again.send(partsOf('two'))

    assert.deepEqual(
      [between.events, sender.events, await second?.received(1)],
      [[['closed', 'ECONNREFUSED', 0]], [['opened'], ['closed', 'ECONNREFUSED', 0]], [printed('two')]],
    )
  })

  it('ends at once when it was told not to wait for a receiver that does not read', async (t) => {
    const path = join(tempDir(t), 's')
    const receiver = await UnixDatagramSink.start(t, path)
    if (!receiver) return
    const sender = await openConnection(t, unixDatagramClient({ path, load }))
    receiver.pause()
    const deadline = new AbortController()

    sender.connection.send(partsOf(...numbers(100_000)), () => sender.events.push(['done']))
    const ended = sender.connection.end(deadline.signal)
    await setImmediate()
    deadline.abort()
    await ended

    assert.deepEqual(sender.events, [['opened']])
  })

  it('sends at process.exit, and knows how many were taken', async (t) => {
    const path = join(tempDir(t), 's')
    const receiver = await UnixDatagramSink.start(t, path)
    if (!receiver) return

    const { stdout, stderr } = await runFixture('datagram-sender', { path, count: 40, exit: true })

    const taken = Number(stdout)
    assert.deepEqual([stderr, taken > 0, await receiver.received(taken)], ['', true, numbers(taken).map(printed)])
  })

  it('does not keep a process alive that has nothing to send', async (t) => {
    const path = join(tempDir(t), 's')
    const receiver = await UnixDatagramSink.start(t, path)
    if (!receiver) return

    const { code, stdout, stderr } = await runFixture('datagram-sender', { path, count: 3 })

    assert.deepEqual([code, stdout, stderr], [0, '3\n', ''])
  })

  it('closes with the code EPROTOTYPE when the socket is one of streams, so that a stream can be tried', async (t) => {
    const path = join(tempDir(t), 's')
    const server = createServer().listen(path)
    t.after(() => server.close())
    await once(server, 'listening')

    const sender = new Heard(t, unixDatagramClient({ path, load }))
    await sender.heard('closed')

    assert.deepEqual(sender.events, [['closed', 'EPROTOTYPE', 0]])
  })

  it('closes in words when there is no such socket, the path is too long, or koffi is missing', async (t) => {
    const long = `/tmp/${'x'.repeat(200)}`
    const missing = (): unknown => {
      throw new Error("Cannot find module 'koffi'\nRequire stack:\n- x.js")
    }
    const messages: unknown[] = []
    for (const target of [
      { path: '/nowhere/log', load },
      { path: long, load },
      { path: '/nowhere/log', load: missing },
    ]) {
      const sender = new Heard(t, unixDatagramClient(target))
      await sender.heard('closed')
      messages.push(sender.error?.message)
    }

    const limit = process.platform === 'linux' ? 107 : 103
    assert.deepEqual(messages, [
      'connect ENOENT /nowhere/log',
      `a Unix socket's path has at most ${limit} bytes, got 205: ${long}`,
      `Unix datagram sockets need the package "koffi", which is not there: npm install koffi (Cannot find module 'koffi')`,
    ])
  })
})

describe('checkUnixDatagram', { skip }, () => {
  it('throws when koffi is missing, and only then', () => {
    checkUnixDatagram(load)

    assert.throws(() => checkUnixDatagram(() => ({})), /need the package "koffi".*npm install koffi/)
  })
})
