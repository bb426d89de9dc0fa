// The handler: what it connects to, what it refuses, what it does when the daemon is not well.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import syslog, { encodePriority, FACILITY_NAMES, mapPriority, PRIORITY_NAMES } from '@pino-handlers/syslog'
import { assertBalanced } from '../../../test/support/books.js'
import { certificates } from '../../../test/support/certificates.js'
import { line, numbered } from '../../../test/support/lines.js'
import { freePort } from '../../../test/support/server-process.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { UnixDatagramSink } from '../../../test/support/unix-datagram-sink.js'
import { ended, StreamReceiver, UdpReceiver } from './receivers.js'

const formatter = { fmt: '%(message)s' }
const skip = process.platform === 'win32' && 'Windows has no such sockets'
const quiet = { formatter, onError: 'ignore' } as const

describe('syslog', () => {
  it('sends each record as a datagram over UDP, as Python does', async (t) => {
    const receiver = await UdpReceiver.start(t)
    const handler = syslog({ ...quiet, address: receiver.address, ident: 'app: ' })

    handler.write(line('one') + line('two', { level: 50 }))
    await ended(handler)

    assert.deepEqual(await receiver.received(2), ['<14>app: one\0', '<11>app: two\0'])
    assertBalanced(handler.stats)
  })

  it('sends the line that pino wrote when there is no formatter', async (t) => {
    const receiver = await UdpReceiver.start(t)
    const handler = syslog({ address: receiver.address })

    handler.write(line('one'))
    await ended(handler)

    assert.deepEqual(await receiver.received(1), [`<14>${line('one').trimEnd()}\0`])
  })

  it('frames the messages of a stream as the protocol wants it, or as it is told', async (t) => {
    const receiver = await StreamReceiver.start(t)
    const tcp = { ...quiet, address: receiver.address, socktype: 'tcp', ident: 'app' } as const
    const fields = { time: 1508025600123 }
    const head = '<14>1 2017-10-15T00:00:00.123Z host app 4242 - -'

    for (const options of [{}, { appendNul: false }, { framing: 'octet-counting' }, { protocol: 'rfc5424' }] as const) {
      const handler = syslog({ ...tcp, ...options })
      handler.write(line('a', fields) + line('b', fields))
      await ended(handler)
    }

    const counted = `${Buffer.byteLength(`${head} a`)} ${head}`
    const expected = `<14>appa\0<14>appb\0<14>appa\n<14>appb\n8 <14>appa8 <14>appb${counted} a${counted} b`
    assert.equal(await receiver.received(expected.slice(-40)), expected)
  })

  it('frames what goes to a path if that turns out to be a stream', { skip }, async (t) => {
    const dir = tempDir(t)
    const datagrams = await UnixDatagramSink.start(t, join(dir, 'datagrams'))
    if (!datagrams) return
    const stream = await StreamReceiver.start(t, { path: join(dir, 'stream') })

    for (const kind of ['datagrams', 'stream']) {
      const handler = syslog({ ...quiet, address: join(dir, kind), protocol: 'rfc5424' })
      handler.write(line('a', { hostname: 'h' }) + line('b', { hostname: 'h' }))
      await ended(handler)
    }

    const message = '<14>1 2017-10-15T00:00:00.123Z h - 4242 - - '
    const size = message.length + 1
    const told = (text: string): [number, string] => [size, text.slice(0, 40)]
    assert.deepEqual(
      [await datagrams.received(2), await stream.received(' b')],
      [[told(`${message}a`), told(`${message}b`)], `${size} ${message}a${size} ${message}b`],
    )
  })

  it('secures the connection with socktype tls', async (t) => {
    const made = certificates(t)
    if (!made) return
    const receiver = await StreamReceiver.start(t, { tls: made.server })
    const { address } = receiver
    const handler = syslog({ ...quiet, address, socktype: 'tls', tls: { ca: made.ca }, protocol: 'rfc3164' })

    handler.write(line('hello'))
    await ended(handler)

    assert.match(await receiver.received('hello'), /^\d+ <14>[A-Z][a-z]{2} [ \d]\d [\d:]{8} host node\[4242\]: hello$/)
  })

  it('has failed when the certificate is not trusted, and says why', async (t) => {
    const made = certificates(t)
    if (!made) return
    const receiver = await StreamReceiver.start(t, { tls: made.server })
    const handler = syslog({ ...quiet, address: receiver.address, socktype: 'tls' })
    const states: string[] = []
    handler.on('state', ({ state }) => states.push(state))

    handler.write(line('one'))
    const [failure] = await once(handler, 'failure')
    await ended(handler)

    const { dropped, lastError } = handler.stats
    assert.deepEqual(
      [failure.code, states, dropped, receiver.text],
      ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', ['connecting', 'failed', 'closed'], { closed: 1 }, ''],
    )
    assert.match(lastError ?? '', /^cannot connect to tls:\/\/127.0.0.1:\d+: unable to verify the first certificate/)
  })

  it('escapes what would end a message or begin another one', async (t) => {
    const receiver = await StreamReceiver.start(t)
    const handler = syslog({ ...quiet, address: receiver.address, socktype: 'tcp', framing: 'lf' })

    handler.write(line('a\n<0>forged'))
    await ended(handler)

    assert.equal(await receiver.received('\n'), '<14>a#012<0>forged\n')
  })

  const mac = process.platform === 'darwin' && 'macOS has smaller datagrams'
  it('cuts what no datagram holds, or follows its policy, and sends what comes next', { skip: mac }, async (t) => {
    const receiver = await UdpReceiver.start(t)
    const { address } = receiver
    const long = 'x'.repeat(70_000)

    const books: unknown[] = []
    for (const options of [{}, { oversize: 'drop' }, { oversize: 'split' }, { maxMessageBytes: 0 }] as const) {
      const handler = syslog({ ...quiet, ...options, address, appendNul: false })
      handler.write(line(long) + line('next'))
      await ended(handler)
      books.push([handler.stats.delivered, handler.stats.dropped])
    }

    const packets = await receiver.received(7)
    assert.deepEqual(
      [books, packets.map((packet) => packet.length)],
      [
        [
          [2, {}],
          [1, { oversize: 1 }],
          [2, {}],
          [1, { refused: 1 }],
        ],
        [65_507, 8, 8, 65_507, 4501, 8, 8],
      ],
    )
  })

  it('leaves the exception out when asked to', async (t) => {
    const receiver = await UdpReceiver.start(t)
    const fields = { err: { type: 'Error', stack: 'Error: x\n    at y' } }

    for (const excText of [true, false]) {
      const handler = syslog({ ...quiet, address: receiver.address, excText, appendNul: false })
      handler.write(line('boom', fields))
      await ended(handler)
    }

    assert.deepEqual(await receiver.received(2), ['<14>boom\nError: x\n    at y', '<14>boom'])
  })

  it('names priorities by mapPriority, which may be a module specifier', async (t) => {
    const receiver = await UdpReceiver.start(t)
    const hooks = new URL('../../../test/fixtures/map-priority.js', import.meta.url).href

    for (const mapPriority of [hooks, () => 'notice']) {
      const handler = syslog({ ...quiet, address: receiver.address, facility: 'local0', mapPriority, appendNul: false })
      handler.write(line('x'))
      await ended(handler)
    }

    assert.deepEqual(await receiver.received(2), ['<129>x', '<133>x'])
  })

  it('exports the tables of Python and what it does with them', () => {
    const { local0, user } = FACILITY_NAMES
    assert.deepEqual(
      [
        encodePriority('local0', 'err'),
        encodePriority(1, 6),
        mapPriority('CRITICAL'),
        local0,
        user,
        PRIORITY_NAMES.warn,
      ],
      [131, 14, 'critical', 16, 1, 4],
    )
  })
})

describe('syslog when the daemon is not well', () => {
  it('holds what is logged before there is one', async (t) => {
    const port = await freePort()
    const handler = syslog({ ...quiet, address: ['127.0.0.1', port], socktype: 'tcp', retryStart: 0.01 })
    handler.write(line('one'))
    await once(handler, 'failure')

    const receiver = await StreamReceiver.start(t, { port })
    await receiver.received('one\0')
    handler.write(line('two'))
    await ended(handler)

    assert.deepEqual([await receiver.received('two\0'), handler.stats.delivered], ['<14>one\0<14>two\0', 2])
  })

  it('connects again when the daemon has ended the connection', async (t) => {
    const receiver = await StreamReceiver.start(t)
    const { address } = receiver
    const handler = syslog({ ...quiet, address, socktype: 'tcp', protocol: 'rfc5424', retryStart: 0.01 })

    handler.write(line('one'))
    await receiver.received('one')
    const failed = once(handler, 'failure')
    await receiver.stop()
    await receiver.start()
    await failed
    handler.write(line('two'))
    await ended(handler)

    const messages = (await receiver.received('two')).split(/\d+ (?=<14>)/).map((message) => message.slice(-3))
    assert.deepEqual([messages, receiver.connections], [['', 'one', 'two'], 2])
  })

  it('keeps to its bounds when the daemon does not read', { skip }, async (t) => {
    // A Unix socket: the system takes far less for it than for TCP.
    const path = join(tempDir(t), 's')
    const receiver = await StreamReceiver.start(t, { path, stalls: true })
    const options = { address: path, socktype: 'unix-stream', maxQueueBytes: '1MB', closeTimeout: 0.1 } as const
    const handler = syslog({ ...options, onError: 'ignore' })

    handler.write(line('first'))
    await receiver.connected(1)
    for (const each of numbered(2000, { text: 'x'.repeat(5000) })) handler.write(each)
    const { queued } = handler.stats
    await ended(handler)

    const { overflow = 0, closed = 0 } = handler.stats.dropped
    assertBalanced(handler.stats)
    assert.deepEqual([queued < 300, overflow > 1500, closed > 50], [true, true, true], JSON.stringify(handler.stats))
  })
})

describe('the options of syslog', () => {
  const refused = (options: object): string => {
    try {
      syslog(options)
      return ''
    } catch (error) {
      assert.ok(error instanceof Error)
      return error.message
    }
  }

  it('are wrong addresses, facilities and protocols with words that say what is right', { skip }, () => {
    const facilities = Object.keys(FACILITY_NAMES)
      .map((name) => `'${name}'`)
      .join(', ')
    assert.deepEqual(
      [
        { address: 'localhost' },
        { address: ['localhost', 70_000] },
        { address: ['localhost'] },
        { address: `/tmp/${'x'.repeat(200)}` },
        { facility: 'users' },
        { facility: 24 },
        { protocol: 'rfc5425' },
      ].map(refused),
      [
        `[syslog] option "address" is 'localhost', which has no slash: a host is given as [host, port], a path with its folder`,
        '[syslog] option "address" has the port 70000; a port is a number from 1 to 65535',
        `[syslog] option "address" must be [host, port], or the path of a Unix socket such as '/dev/log', got [ 'localhost' ]`,
        `[syslog] option "address" has 205 bytes, and the path of a Unix socket at most ${process.platform === 'linux' ? 107 : 103}: '/tmp/${'x'.repeat(75)}'... 125 more characters`,
        `[syslog] option "facility" must be one of ${facilities}, or a number from 0 to 23, got 'users'`,
        `[syslog] option "facility" must be one of ${facilities}, or a number from 0 to 23, got 24`,
        `[syslog] option "protocol" must be 'python' | 'rfc3164' | 'rfc5424' | 'local', got 'rfc5425'`,
      ],
    )
  })

  it('go together', { skip }, (t) => {
    const path = join(tempDir(t), 's')
    const data = { id: 'app@32473', fields: ['a'] }
    assert.deepEqual(
      [
        { tls: true },
        { socktype: 'tcp', tls: { servername: 'x' } },
        { socktype: 'tls', tls: false },
        { socktype: 'unix' },
        { address: path, socktype: 'tcp' },
        { framing: 'lf' },
        { address: path, socktype: 'unix-dgram', framing: 'octet-counting' },
        { structuredData: data },
        { protocol: 'rfc3164', msgId: 'id' },
        { bom: true },
        { excText: false },
      ].map((options) => refused(options).replace('[syslog] option ', '')),
      [
        `"tls" needs socktype: 'tls'`,
        `"tls" needs socktype: 'tls'`,
        `"tls" is false, but socktype is 'tls'`,
        `"socktype" is 'unix', but the address is a host, which goes with 'udp', 'tcp', 'tls'`,
        `"socktype" is 'tcp', but the address is a path, which goes with 'unix', 'unix-dgram', 'unix-stream'`,
        `"framing" is for streams, and socktype 'udp' has a datagram for each message`,
        `"framing" is for streams, and socktype 'unix-dgram' has a datagram for each message`,
        `"structuredData" needs protocol: 'rfc5424'`,
        `"msgId" needs protocol: 'rfc5424'`,
        `"bom" needs protocol: 'rfc5424'`,
        '"excText" needs a formatter: without one a record is the line that pino wrote, with its err',
      ],
    )
  })
})
