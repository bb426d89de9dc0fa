// Datagrams to a Unix socket, which lose nothing: CPython receives them.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { Failure } from '@pino-handlers/core'
import datagram from '@pino-handlers/datagram'
import { closed } from '../../../test/support/closed.js'
import { line, numbered } from '../../../test/support/lines.js'
import { runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { UnixDatagramSink } from '../../../test/support/unix-datagram-sink.js'
import { until } from '../../../test/support/until.js'
import { flushed } from './flushed.js'

const skip = process.platform === 'win32' && 'Windows has no Unix datagram sockets'

// Options of a handler that the test lets wait for its socket.
const patient = { port: null, format: 'ndjson', retryStart: 0.01, retryMax: 0.05, onError: 'ignore' } as const

// As the receiver prints it.
const printed = (text: string): [number, string] => [Buffer.byteLength(text), text.slice(0, 40)]

describe('datagram to a Unix socket', { skip }, () => {
  it('has 1,000 records of one chunk arrive as 1,000 datagrams', async (t) => {
    const host = join(tempDir(t), 's')
    const receiver = await UnixDatagramSink.start(t, host)
    if (!receiver) return
    const lines = numbered(1000)
    const handler = datagram({ host, port: null, format: 'ndjson', closeTimeout: 9 })

    handler.write(lines.join(''))
    await flushed(handler)
    const { delivered } = await closed(handler)

    assert.deepEqual([await receiver.received(1000), delivered], [lines.map(printed), 1000])
  })

  for (const end of ['return', 'exit'] as const) {
    it(`has all records of a worker arrive as one datagram each, at the end by ${end}`, async (t) => {
      const host = join(tempDir(t), 's')
      const receiver = await UnixDatagramSink.start(t, host)
      if (!receiver) return
      const options = { host, port: null, format: 'ndjson', formatter: { fmt: '%(message)s' }, closeTimeout: 9 }

      const { code, stderr } = await runFixture('datagram-app', { where: 'worker', options, count: 1000, end })

      const expected = Array.from({ length: 1000 }, (_, n) => printed(`${n} \n`))
      assert.deepEqual([code, stderr, await receiver.received(1000)], [0, '', expected])
    })
  }

  it('sends at process.exit in-process what is under way, and accounts for the rest', async (t) => {
    const host = join(tempDir(t), 's')
    const receiver = await UnixDatagramSink.start(t, host)
    if (!receiver) return

    const { stdout, stderr } = await runFixture('datagram-exit', { host, port: null, format: 'ndjson' })

    const { delivered, dropped } = JSON.parse(stdout)
    const said = dropped > 0 ? `[datagram] the process ended with ${dropped} records that could not be delivered\n` : ''
    const found = await receiver.received(delivered)
    assert.deepEqual([delivered + dropped, stderr, found.length], [101, said, delivered])
  })

  const mac = process.platform === 'darwin' && 'macOS sends no Unix datagrams above 2048 bytes'
  it('sends larger datagrams than UDP can, if it may', { skip: mac }, async (t) => {
    const host = join(tempDir(t), 's')
    const receiver = await UnixDatagramSink.start(t, host)
    if (!receiver) return
    const options = { host, port: null, format: 'ndjson' } as const
    const large = line('x'.repeat(70_000))

    for (const maxDatagramBytes of ['100KB', 65_507] as const) {
      const handler = datagram({ ...options, maxDatagramBytes })
      handler.write(large)
      await closed(handler)
    }

    const sizes = (await receiver.received(2)).map((found) => Object(found)[0])
    assert.deepEqual(sizes, [large.length, 65_507])
  })

  it('holds records until there is such a socket', async (t) => {
    const host = join(tempDir(t), 's')
    const handler = datagram({ ...patient, host })
    const lines = numbered(100)

    handler.write(lines.join(''))
    const [failure]: Failure[] = await once(handler, 'failure')
    const receiver = await UnixDatagramSink.start(t, host)
    if (!receiver) {
      handler.destroy()
      return
    }
    while (handler.stats.delivered < 100) await flushed(handler).catch(() => {})
    const { dropped } = await closed(handler)

    assert.deepEqual(
      [failure?.kind, failure?.code, failure?.message, await receiver.received(100), dropped],
      ['connect', 'ENOENT', `cannot connect to unix:${host}: connect ENOENT ${host}`, lines.map(printed), {}],
    )
  })

  it('loses nothing but what a receiver had not read when it was killed, five times under load', async (t) => {
    const host = join(tempDir(t), 's')
    let receiver = await UnixDatagramSink.start(t, host)
    if (!receiver) return
    const handler = datagram({ ...patient, host })
    const total = 6000
    let written = 0
    const load = setInterval(() => {
      for (let n = 0; n < 20 && written < total; n++) handler.write(`${written++}\n`)
    }, 1)

    const receivers = [receiver]
    for (let restart = 0; restart < 5; restart++) {
      await receiver?.received(200)
      await receiver?.stop()
      receiver = await UnixDatagramSink.start(t, host)
      if (receiver) receivers.push(receiver)
    }
    while (handler.stats.delivered < total) {
      await new Promise((resolve) => setImmediate(resolve))
      await flushed(handler).catch(() => {})
    }
    clearInterval(load)
    handler.write(`${total}\n`)
    const { received, delivered, dropped } = await closed(handler)
    await until(() => isDeepStrictEqual(receiver?.heard.at(-1), printed(`${total}\n`)))

    const numbers = receivers.map(({ heard }) => heard.map((each) => Number(Object(each)[1])))
    const torn = numbers.filter((each) => each.some((number, index) => number !== Number(each[0]) + index))
    const lost = delivered - numbers.flat().length
    assert.deepEqual(
      [received, delivered, dropped, torn, lost >= 0 && lost <= 5 * LOST_AT_MOST],
      [total + 1, total + 1, {}, [], true],
      `${lost} lost`,
    )
  })

  it('refuses a path that is too long', () => {
    const options = { host: `/tmp/${'x'.repeat(200)}`, port: null }

    assert.throws(() => datagram(options), /^HandlerOptionError: \[datagram\] option "host" has 205 bytes, and/)
  })
})

// What waited in the socket of a receiver that was killed, and the few that it had taken and not told of.
const LOST_AT_MOST =
  process.platform === 'linux'
    ? Number(readFileSync('/proc/sys/net/unix/max_dgram_qlen')) + 10
    : Number.POSITIVE_INFINITY
