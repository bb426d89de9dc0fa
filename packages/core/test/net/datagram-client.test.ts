// Datagrams over UDP, to receivers in this process.

import assert from 'node:assert/strict'
import { createSocket, Socket, type SocketType } from 'node:dgram'
import dns from 'node:dns/promises'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { datagramClient } from '@pino-handlers/core/net'
import { skipWithout } from '../../../../test/support/required.js'
import { runFixture } from '../../../../test/support/run-node.js'
import { freePort } from '../../../../test/support/server-process.js'
import { Heard, numbers, openConnection, partsOf, wordOf } from './open-connection.js'

describe('datagramClient', () => {
  it('sends each part as one datagram, in order', async (t) => {
    const receiver = await Receiver.start(t)
    const sender = await openConnection(t, receiver.client)
    const data = numbers(Math.min(1000, receiver.room))

    const told = await sender.send(partsOf(...data))

    assert.deepEqual([told, await receiver.received(data.length)], [[data.length], data])
  })

  it('sends text as UTF-8 and bytes as they are, also none', async (t) => {
    const receiver = await Receiver.start(t)
    const sender = await openConnection(t, receiver.client)

    await sender.send(partsOf('größe', Buffer.from('bytes'), '', new Uint8Array([0x61, 0x62])))

    assert.deepEqual(await receiver.received(4), ['größe', 'bytes', '', 'ab'])
  })

  it('refuses a part that is too large, and can send those after it', async (t) => {
    const receiver = await Receiver.start(t)
    const sender = await openConnection(t, receiver.client)
    const parts = partsOf('one', 'x'.repeat(70_000), 'three')

    const told = await sender.send(parts)
    await sender.send(parts.slice(2))

    assert.deepEqual(
      [told, await receiver.received(2), sender.events],
      [[1, 'EMSGSIZE'], ['one', 'three'], [['opened']]],
    )
  })

  it('tells when nobody listens, and is heard as soon as somebody does', async (t) => {
    const port = await freePort()
    const gone = await Receiver.start(t, { port })
    const sender = await openConnection(t, gone.client)
    await gone.stop()

    await sender.send(partsOf('lost', 'lost too'))
    await sender.heard('failed')
    const receiver = await Receiver.start(t, { port })
    await sender.send(partsOf('heard'))

    assert.deepEqual(
      [await receiver.received(1), new Set(sender.events.map(String))],
      [['heard'], new Set(['opened', 'failed,ECONNREFUSED'])],
    )
  })

  it('waits when the system has no room, and goes on', async (t) => {
    const receiver = await Receiver.start(t)
    const sender = await openConnection(t, receiver.client)

    failSends(t, Array(20).fill('ENOBUFS'))
    const told = await sender.send(partsOf('one', 'two'))

    assert.deepEqual([told, await receiver.received(2), sender.events], [[2], ['one', 'two'], [['opened']]])
  })

  it('closes when one datagram after the other is said not to be heard, and this one never goes', async (t) => {
    const receiver = await Receiver.start(t)
    const sender = await openConnection(t, receiver.client)

    failSends(t, Array(9).fill('ECONNREFUSED'))
    sender.connection.send(partsOf('one'), () => sender.events.push(['done']))
    await sender.heard('closed')

    const failed = Array(8).fill(['failed', 'ECONNREFUSED'])
    assert.deepEqual(sender.events, [['opened'], ...failed, ['closed', 'ECONNREFUSED', 0]])
  })

  it('sends again what was refused because an earlier one was too large for the way', async (t) => {
    const receiver = await Receiver.start(t)
    const sender = await openConnection(t, receiver.client)

    failSends(t, ['EMSGSIZE'])
    const told = await sender.send(partsOf('one', 'two'))

    const events = [['opened'], ['failed', 'EMSGSIZE']]
    assert.deepEqual([told, await receiver.received(2), sender.events], [[2], ['one', 'two'], events])
  })

  it('closes when the network fails, and says how many were taken', async (t) => {
    const receiver = await Receiver.start(t)
    const sender = await openConnection(t, receiver.client)

    failSends(t, [undefined, 'ENETUNREACH'])
    sender.connection.send(partsOf('one', 'two', 'three'), () => sender.events.push(['done']))
    await sender.heard('closed')

    const events = [['opened'], ['closed', 'ENETUNREACH', 1]]
    assert.deepEqual([await receiver.received(1), sender.events], [['one'], events])
  })

  it('lets the event loop turn while it sends very many', async (t) => {
    const receiver = await Receiver.start(t)
    const sender = await openConnection(t, receiver.client)

    let turns = 0
    let over = false
    const sent = sender.send(partsOf(...numbers(5000))).then(() => {
      over = true
    })
    for (; !over; turns++) await setImmediate()
    await sent

    assert.ok(turns >= 10, `only ${turns} turns for 5000 datagrams`)
  })

  it('resolves the name once for each connection, and prefers IPv4', async (t) => {
    const lookup = t.mock.method(dns, 'lookup', async () => [
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ])
    const receiver = await Receiver.start(t)
    const client = datagramClient({ host: 'log.example', port: receiver.port })

    for (const name of ['first', 'second']) {
      const sender = await openConnection(t, client)
      await sender.send(partsOf(name))
      await sender.send(partsOf(name))
    }

    assert.deepEqual(
      [await receiver.received(4), lookup.mock.calls.map(({ arguments: [name] }) => name)],
      [
        ['first', 'first', 'second', 'second'],
        ['log.example', 'log.example'],
      ],
    )
  })

  it('closes when the name has no address', async (t) => {
    t.mock.method(dns, 'lookup', async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND x.invalid'), { code: 'ENOTFOUND' })
    })

    const sender = new Heard(t, datagramClient({ host: 'x.invalid', port: 514 }))
    await sender.heard('closed')

    assert.deepEqual(sender.events, [['closed', 'ENOTFOUND', 0]])
  })

  it('tells nothing after it was let go', async (t) => {
    const receiver = await Receiver.start(t)
    const early = new Heard(t, receiver.client)
    early.connection.destroy()
    const sender = await openConnection(t, receiver.client)
    sender.connection.send(partsOf(...numbers(1000)), () => sender.events.push(['done']))
    sender.connection.destroy()

    // By then both would have told.
    const witness = await openConnection(t, receiver.client)
    await witness.send(partsOf(...numbers(1000)))

    assert.deepEqual([early.events, sender.events], [[], [['opened']]])
  })

  it('ends when what is under way has been sent', async (t) => {
    const receiver = await Receiver.start(t)
    const sender = await openConnection(t, receiver.client)
    const order: string[] = []

    const sent = sender.send(partsOf(...numbers(300))).then(() => order.push('sent'))
    const ended = sender.connection.end(new AbortController().signal).then(() => order.push('ended'))
    await Promise.all([sent, ended])

    assert.deepEqual(
      [order, (await receiver.received(300)).length, sender.events],
      [['sent', 'ended'], 300, [['opened']]],
    )
  })

  it('sends at once what is under way when it is told to, each part once', async (t) => {
    const receiver = await Receiver.start(t)
    const sender = await openConnection(t, receiver.client)
    const order: unknown[] = []

    sender.connection.send(partsOf('1', '2', 'x'.repeat(70_000)), (taken, refused) => {
      order.push([taken, wordOf(refused)])
      // The sender goes on with what follows.
      sender.connection.send(partsOf('3'), (...told) => order.push(told))
    })
    sender.connection.sendNow()
    order.push('returned')
    await sender.send(partsOf('4'))

    assert.deepEqual(
      [order, await receiver.received(4)],
      [
        [[2, 'EMSGSIZE'], [1], 'returned'],
        ['1', '2', '3', '4'],
      ],
    )
  })

  it('sends at process.exit what is under way', async (t) => {
    const receiver = await Receiver.start(t)

    const { stdout, stderr } = await runFixture('datagram-sender', { port: receiver.port, count: 200, exit: true })

    assert.deepEqual([stdout, stderr, await receiver.received(200)], ['200\n', '', numbers(200)])
  })

  it('does not keep a process alive that has nothing to send', async (t) => {
    const receiver = await Receiver.start(t)

    const { code, stdout, stderr } = await runFixture('datagram-sender', { port: receiver.port, count: 3 })

    assert.deepEqual([code, stdout, stderr, await receiver.received(3)], [0, '3\n', '', ['0', '1', '2']])
  })

  it('sends to an IPv6 address', async (t) => {
    const loopback = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'))
    if (!loopback) return t.skip('there is no ::1 here')
    const receiver = await Receiver.start(t, { type: 'udp6', host: '::1' })
    const sender = await openConnection(t, receiver.client)

    await sender.send(partsOf('six'))

    assert.deepEqual([receiver.client.label, await receiver.received(1)], [`udp://[::1]:${receiver.port}`, ['six']])
  })

  it('sends to a multicast group', async (t) => {
    const receiver = await Receiver.start(t, { host: '0.0.0.0' })
    const sender = receiver.join(GROUP) && new Heard(t, datagramClient({ host: GROUP, port: receiver.port }))
    if (!sender || !(await sender.opens())) return skipWithout(t, 'multicast')

    await sender.send(partsOf('to all'))

    assert.deepEqual(await receiver.received(1), ['to all'])
  })

  it('sends to a broadcast address', {
    skip: process.platform !== 'linux' && 'only Linux has one on its own',
  }, async (t) => {
    const receiver = await Receiver.start(t, { host: '0.0.0.0' })
    const sender = await openConnection(t, datagramClient({ host: '127.255.255.255', port: receiver.port }))

    await sender.send(partsOf('to all'))

    assert.deepEqual(await receiver.received(1), ['to all'])
  })
})

// The next sends fail with these codes, as they do on a network that is hard to have.
function failSends(t: TestContext, codes: readonly (string | undefined)[]): void {
  const left = [...codes]
  const { send } = Socket.prototype
  t.mock.method(Socket.prototype, 'send', function (this: Socket, data: string, done: (error: Error | null) => void) {
    const code = left.shift()
    if (code) process.nextTick(done, Object.assign(new Error(`send ${code}`), { code }))
    else Reflect.apply(send, this, [data, done])
  })
}

const GROUP = '239.255.71.19'

interface ReceiverOptions {
  readonly type?: SocketType
  readonly host?: string
  readonly port?: number
}

class Receiver {
  readonly #socket: Socket
  readonly #host: string
  readonly #texts: string[] = []

  private constructor(type: SocketType, host: string) {
    this.#host = host
    this.#socket = createSocket({ type, recvBufferSize: 4 * 1024 * 1024 })
    this.#socket.on('message', (message) => this.#texts.push(message.toString()))
  }

  static async start(t: Pick<TestContext, 'after'>, options: ReceiverOptions = {}): Promise<Receiver> {
    const { type = 'udp4', host = '127.0.0.1', port = 0 } = options
    const receiver = new Receiver(type, host)
    receiver.#socket.bind(port, host)
    await once(receiver.#socket, 'listening')
    t.after(() => receiver.stop())
    return receiver
  }

  get port(): number {
    return this.#socket.address().port
  }

  get client(): ReturnType<typeof datagramClient> {
    return datagramClient({ host: this.#host, port: this.port })
  }

  /** Small datagrams that can wait to be read; a system may allow much less than was asked for. */
  get room(): number {
    return Math.floor(this.#socket.getRecvBufferSize() / 1500)
  }

  join(group: string): boolean {
    try {
      this.#socket.addMembership(group)
      return true
    } catch {
      return false
    }
  }

  async received(count: number): Promise<readonly string[]> {
    while (this.#texts.length < count) await once(this.#socket, 'message')
    return this.#texts
  }

  async stop(): Promise<void> {
    this.stop = async () => {}
    this.#socket.close()
    await once(this.#socket, 'close')
  }
}
