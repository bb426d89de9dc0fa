// What arrives over UDP, and what becomes of records that do not.

import assert from 'node:assert/strict'
import { Socket } from 'node:dgram'
import dns from 'node:dns/promises'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { describe, it, type TestContext } from 'node:test'
import type { Failure } from '@pino-handlers/core'
import datagram, { type DatagramOptions } from '@pino-handlers/datagram'
import { closed } from '../../../test/support/closed.js'
import { line, numbered } from '../../../test/support/lines.js'
import { skipWithout } from '../../../test/support/required.js'
import { fixture, runFixture } from '../../../test/support/run-node.js'
import { freePort } from '../../../test/support/server-process.js'
import { flushed } from './flushed.js'
import { Receiver } from './receiver.js'

const host = '127.0.0.1'
const ndjson = { host, format: 'ndjson' } as const

describe('datagram over UDP', () => {
  it('sends 1,000 records of one chunk as 1,000 datagrams', async (t) => {
    const receiver = await Receiver.start(t)
    const sent = sentDatagrams(t)
    const lines = numbered(1000)
    const handler = datagram({ ...ndjson, port: receiver.port })

    handler.write(lines.join(''))
    const { delivered } = await closed(handler)

    assert.deepEqual([delivered, sent], [1000, lines])
  })

  it('sends 1,000 records of one tick as 1,000 datagrams', async (t) => {
    const receiver = await Receiver.start(t)
    const sent = sentDatagrams(t)
    const lines = numbered(1000)
    const handler = datagram({ ...ndjson, port: receiver.port })

    for (const each of lines) handler.write(each)
    const { delivered } = await closed(handler)

    assert.deepEqual([delivered, sent], [1000, lines])
  })

  it('has each datagram arrive as it was sent, in order', async (t) => {
    const receiver = await Receiver.start(t)
    const lines = numbered(Math.min(1000, receiver.room))
    const handler = datagram({ ...ndjson, port: receiver.port })

    handler.write(lines.join(''))
    await closed(handler)

    assert.deepEqual(await receiver.texts(lines.length), lines)
  })

  it('sends a line behind its length with format json, without its end', async (t) => {
    const receiver = await Receiver.start(t)
    const handler = datagram({ host, port: receiver.port, format: 'json' })

    handler.write('{"msg":"é"}\n{}\r\n')
    await closed(handler)

    assert.deepEqual(await receiver.texts(2), ['\0\0\0\x0c{"msg":"é"}', '\0\0\0\x02{}'])
  })

  it('sends what a formatter makes, with its newline', async (t) => {
    const receiver = await Receiver.start(t)
    const handler = datagram({ ...ndjson, port: receiver.port, formatter: { fmt: '%(levelname)s %(message)s' } })

    handler.write(line('two\nlines') + line('one'))
    await closed(handler)

    assert.deepEqual(await receiver.texts(2), ['INFO two\nlines\n', 'INFO one\n'])
  })

  it('sends what makePickle makes, also when a module names it', async (t) => {
    const receiver = await Receiver.start(t)
    const makePickle = `${fixture('make-pickle')}#default`
    const own = datagram({ host, port: receiver.port, makePickle: ({ msg }) => Buffer.from(`<${msg}>`) })
    const named = datagram({ host, port: receiver.port, makePickle })

    own.write(line('one'))
    await closed(own)
    named.write(line('two'))
    await closed(named)

    assert.deepEqual(await receiver.texts(2), ['<one>', '\0\0\0\x03two'])
  })

  it('counts a record that makePickle fails for as invalid, and sends the others', async (t) => {
    const receiver = await Receiver.start(t)
    const makePickle = ({ msg }: { msg: string }): Buffer => {
      if (msg === 'bad') throw new Error('not this one')
      return Buffer.from(msg)
    }
    const handler = datagram({ host, port: receiver.port, makePickle, onError: 'ignore' })

    handler.write(line('one') + line('bad') + line('two'))
    const { delivered, invalid, lastError } = await closed(handler)

    assert.deepEqual([await receiver.texts(2), delivered, invalid, lastError], [['one', 'two'], 2, 1, 'not this one'])
  })

  it('waits when it is closed until all is sent', async (t) => {
    const receiver = await Receiver.start(t)
    const answers = holdSends(t)
    const handler = datagram({ ...ndjson, port: receiver.port })

    handler.write(line('one') + line('two'))
    await handedOver(answers, 1)
    handler.end()
    const order: string[] = []
    handler.on('close', () => order.push('close'))
    for (const number of ['one', 'two']) {
      await handedOver(answers, 1)
      order.push(number)
      answers.shift()?.()
    }
    await once(handler, 'close')

    assert.deepEqual([order, (await closed(handler)).delivered], [['one', 'two', 'close'], 2])
  })

  it('tells once that nobody listens, and is heard as soon as somebody does', async (t) => {
    const port = await freePort()
    const handler = datagram({ ...ndjson, port, onError: 'ignore' })
    const failures: Failure[] = []
    handler.on('failure', (failure: Failure) => failures.push(failure))

    while (failures.length === 0) {
      handler.write(line('lost'))
      await flushed(handler)
    }
    for (let n = 0; n < 20; n++) {
      handler.write(line('lost'))
      await flushed(handler)
    }
    const receiver = await Receiver.start(t, { port })
    handler.write(line('heard'))
    const { state, dropped } = await closed(handler)

    assert.deepEqual(
      [
        failures.map(({ kind, code }) => [kind, code]),
        (await receiver.texts(1)).map((text) => JSON.parse(text).msg),
        state,
        dropped,
      ],
      [[['send', 'ECONNREFUSED']], ['heard'], 'closed', {}],
    )
  })

  it('holds records while its name has no address, and sends them when it has one', async (t) => {
    const receiver = await Receiver.start(t)
    let known = false
    t.mock.method(dns, 'lookup', async () => {
      if (known) return [{ address: host, family: 4 }]
      throw Object.assign(new Error('getaddrinfo ENOTFOUND x.invalid'), { code: 'ENOTFOUND' })
    })
    const options = { host: 'x.invalid', port: receiver.port, format: 'ndjson', onError: 'ignore' } as const
    const handler = datagram({ ...options, retryStart: 0.01 })
    const lines = numbered(20)

    for (const each of lines) handler.write(each)
    const [failure]: Failure[] = await once(handler, 'failure')
    known = true
    await once(handler, 'reconnect')
    const { delivered } = await closed(handler)

    assert.deepEqual(
      [failure?.kind, failure?.code, await receiver.texts(20), delivered],
      ['connect', 'ENOTFOUND', lines, 20],
    )
  })

  it('drops what it holds when its name never has an address, and says so', async (t) => {
    t.mock.method(dns, 'lookup', async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND x.invalid'), { code: 'ENOTFOUND' })
    })
    const handler = datagram({ host: 'x.invalid', port: 9, closeTimeout: 0.05, onError: 'ignore' })

    handler.write(numbered(3).join(''))
    const { dropped, lastError } = await closed(handler)

    const words = 'cannot connect to udp://x.invalid:9: getaddrinfo ENOTFOUND x.invalid'
    assert.deepEqual([dropped, lastError], [{ closed: 3 }, words])
  })

  it('sends to an IPv6 address', async (t) => {
    const loopback = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'))
    if (!loopback) return t.skip('there is no ::1 here')
    const receiver = await Receiver.start(t, { host: '::1' })
    const handler = datagram({ host: '[::1]', port: receiver.port, format: 'ndjson' })

    handler.write(line('six'))
    await closed(handler)

    assert.deepEqual(await receiver.texts(1), [line('six')])
  })

  it('sends to a multicast group', async (t) => {
    const receiver = await Receiver.start(t, { host: '0.0.0.0' })
    if (!receiver.join(GROUP)) return skipWithout(t, 'multicast')
    const handler = datagram({ host: GROUP, port: receiver.port, format: 'ndjson', onError: 'ignore' })

    handler.write(line('to all'))
    const reached = await flushed(handler).then(
      () => true,
      () => false,
    )
    handler.destroy()
    if (!reached) return skipWithout(t, 'multicast')

    assert.deepEqual(await receiver.texts(1), [line('to all')])
  })
})

describe('a process that logs over UDP', () => {
  for (const where of ['worker', 'in-process'] as const) {
    it(`delivers all records when it has nothing more to do, ${where}`, async (t) => {
      const receiver = await Receiver.start(t)
      const count = Math.min(1000, receiver.room)
      const options = { ...ndjson, port: receiver.port }

      const { code, stderr } = await runFixture('datagram-app', { where, options, count, end: 'return' })

      const texts = await receiver.texts(count)
      assert.deepEqual([code, stderr, texts.map((text) => JSON.parse(text).msg)], [0, '', messages(count)])
    })
  }

  it('delivers all records when it exits right after the last one, in a worker', async (t) => {
    const receiver = await Receiver.start(t)
    const count = Math.min(1000, receiver.room)
    const options = { ...ndjson, port: receiver.port }

    const { code, stderr } = await runFixture('datagram-app', { where: 'worker', options, count, end: 'exit' })

    const texts = await receiver.texts(count)
    assert.deepEqual([code, stderr, texts.map((text) => JSON.parse(text).msg)], [0, '', messages(count)])
  })

  it('says what is lost when it exits in-process before there is a socket', async () => {
    const options = { ...ndjson, port: await freePort() }

    const { code, stderr } = await runFixture('datagram-app', { where: 'in-process', options, count: 3, end: 'exit' })

    assert.deepEqual([code, stderr], [0, '[datagram] the process ended with 3 records that could not be delivered\n'])
  })

  for (const where of ['worker', 'in-process'] as const) {
    it(`ends when nobody listens, ${where}`, async () => {
      const options = { ...ndjson, port: await freePort(), onError: 'ignore' }

      const { code, stderr } = await runFixture('datagram-app', { where, options, count: 100, end: 'end' })

      assert.deepEqual([code, stderr], [0, ''])
    })
  }
})

describe('options of datagram', () => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{}, /^\[datagram\] option "host" is required: a host name or address/],
    [{ host }, /^\[datagram\] option "port" is required: a port from 1 to 65535, or null when host is a path$/],
    [{ host, port: 0 }, /^\[datagram\] option "port" must be a port from 1 to 65535.*, got 0$/],
    [{ host: '/run/log', port: 514 }, /^\[datagram\] option "host" is '\/run\/log': a path needs port: null/],
    [
      { host, port: 1, format: 'xml' },
      /^\[datagram\] option "format" must be 'pickle' \| 'json' \| 'ndjson', got 'xml'$/,
    ],
    [
      { host, port: 1, oversize: 'split' },
      /^\[datagram\] option "oversize" must be 'truncate' \| 'drop', got 'split'$/,
    ],
    [{ host, port: 1, maxDatagramBytes: 'much' }, /^\[datagram\] option "maxDatagramBytes" must be a number of bytes/],
    [
      { host, port: 1, format: 'json', hmac: { key: 'k' } },
      /^\[datagram\] option "hmac" has no meaning with format 'json'/,
    ],
    [{ host, port: 1, resendWindow: 1 }, /^\[datagram\] unknown option "resendWindow"/],
    [{ host, port: 1, maxdatagrambytes: 1 }, /^\[datagram\] unknown option .*; did you mean "maxDatagramBytes"\?$/],
  ]
  for (const [options, message] of wrong) {
    it(`says what is wrong with ${JSON.stringify(options)}`, () => {
      assert.throws(() => datagram(options as DatagramOptions), { name: 'HandlerOptionError', message })
    })
  }
})

const GROUP = '239.255.71.23'

function messages(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${n} `)
}

// What is handed to the system: over UDP nothing else can be counted without loss.
function sentDatagrams(t: TestContext): string[] {
  const sent: string[] = []
  const { send } = Socket.prototype
  t.mock.method(Socket.prototype, 'send', function (this: Socket, ...args: [Uint8Array, () => void]) {
    sent.push(Buffer.from(args[0]).toString())
    Reflect.apply(send, this, args)
  })
  return sent
}

// Datagrams go out, but the system says so only when it is told to.
function holdSends(t: TestContext): (() => void)[] {
  const answers: (() => void)[] = []
  t.mock.method(Socket.prototype, 'send', (_: Uint8Array, answer: (error: null) => void) => {
    answers.push(() => answer(null))
  })
  return answers
}

async function handedOver(answers: readonly unknown[], count: number): Promise<void> {
  while (answers.length < count) await new Promise((resolve) => setImmediate(resolve))
}
