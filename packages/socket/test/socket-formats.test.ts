// What goes over the wire, beside pickles: frames of JSON, lines, and what `makePickle` makes.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { LogRecord } from '@pino-handlers/core'
import socket from '@pino-handlers/socket'
import { line, numbered } from '../../../test/support/lines.js'
import { fixture, runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { payloadsOf, startReceiver } from './receiver.js'

const unusual = [line('naïve €'), line('😀', { n: 1.5 }), '{"msg":"half a pair: \\ud83d"}\n', 'no JSON at all\n', '\n']

describe('socket with format ndjson', () => {
  it('sends the lines that pino wrote, untouched', async (t) => {
    const receiver = await startReceiver(t)
    const handler = socket({ ...receiver.address, format: 'ndjson' })

    for (const each of unusual) handler.write(each)
    handler.end()
    const [received] = await receiver.ended(1)

    assert.equal(received?.data.toString(), unusual.join(''))
  })

  it('sends what a formatter makes, a line each', async (t) => {
    const receiver = await startReceiver(t)
    const formatter = { fmt: '%(levelname)s %(message)s' }
    const handler = socket({ ...receiver.address, format: 'ndjson', formatter })

    handler.write(line('one') + line('two', { level: 50 }))
    handler.end()
    const [received] = await receiver.ended(1)

    assert.equal(received?.data.toString(), 'INFO one\nERROR two\n')
  })
})

describe('socket with format json', () => {
  it('sends each line without its end behind its length in bytes', async (t) => {
    const receiver = await startReceiver(t)
    const handler = socket({ ...receiver.address, format: 'json' })

    for (const each of unusual) handler.write(each)
    handler.end()
    const [received] = await receiver.ended(1)

    assert.deepEqual(
      payloadsOf(received?.data ?? Buffer.alloc(0)).map(String),
      unusual.map((each) => each.slice(0, -1)),
    )
  })

  it('sends what a formatter makes, of several lines or none, as one frame each', async (t) => {
    const receiver = await startReceiver(t)
    const formatter = (record: LogRecord): string => record.message
    const handler = socket({ ...receiver.address, format: 'json', formatter })

    handler.write(line('two\nlines') + line(''))
    handler.end()
    const [received] = await receiver.ended(1)

    assert.deepEqual(payloadsOf(received?.data ?? Buffer.alloc(0)).map(String), ['two\nlines', ''])
  })
})

describe('makePickle of socket', () => {
  it('makes all that is sent for a record', async (t) => {
    const receiver = await startReceiver(t)
    const handler = socket({ ...receiver.address, makePickle: ({ message }) => Buffer.from(`<${message}>`) })

    for (const each of numbered(3)) handler.write(each)
    handler.end()
    const [received] = await receiver.ended(1)

    assert.equal(received?.data.toString(), '<0><1><2>')
  })

  it('is named by a module specifier in a worker', async (t) => {
    const receiver = await startReceiver(t)
    const options = { ...receiver.address, makePickle: `${fixture('make-pickle')}` }

    await runFixture('worker-app', {
      transport: { target: '@pino-handlers/socket', options },
      records: [
        ['info', 'one'],
        ['info', 'zwölf'],
      ],
      ending: 'end',
    })
    const [received] = await receiver.ended(1)

    assert.deepEqual(payloadsOf(received?.data ?? Buffer.alloc(0)).map(String), ['one', 'zwölf'])
  })

  it('that throws, or returns no bytes, costs that record only, which is counted as invalid', async (t) => {
    const receiver = await startReceiver(t)
    const failures: unknown[] = []
    const handler = socket({
      ...receiver.address,
      onError: 'ignore',
      makePickle({ message }) {
        if (message === '1') throw new Error('not this one')
        return message === '3' ? (undefined as unknown as Buffer) : Buffer.from(message)
      },
    })
    handler.on('failure', ({ kind, message }) => failures.push([kind, message]))

    handler.write(numbered(5).join(''))
    handler.end()
    const [received] = await receiver.ended(1)
    if (!handler.closed) await once(handler, 'close')

    const { delivered, invalid, lastError } = handler.stats
    assert.deepEqual(
      [received?.data.toString(), delivered, invalid, failures, lastError],
      ['024', 3, 2, [['encode', 'not this one']], 'makePickle must return a Uint8Array (a Buffer), got undefined'],
    )
  })
})

describe('closeOnError of socket', () => {
  const makePickle = ({ message }: LogRecord): Buffer => {
    if (message === 'bad') throw new Error('no')
    return Buffer.from(message)
  }

  for (const [closeOnError, connections] of [
    [true, ['a', 'bc']],
    [false, ['abc']],
  ] as const) {
    it(`${closeOnError} gives ${connections.length} connections around a record that cannot be pickled`, async (t) => {
      const receiver = await startReceiver(t)
      const reported: string[] = []
      const handler = socket({ ...receiver.address, closeOnError, makePickle, onError: 'ignore' })
      handler.on('failure', ({ kind, message }) => reported.push(`${kind}: ${message}`))

      // Each is taken before the next one comes, so that the connection is there.
      for (const message of ['a', 'bad', 'b', 'c']) {
        handler.write(line(message))
        await new Promise((resolve) => handler.flush(resolve))
      }
      handler.end()
      const received = await receiver.ended(connections.length)
      if (!handler.closed) await once(handler, 'close')

      const { delivered, invalid, dropped } = handler.stats
      assert.deepEqual(
        [received.map(({ data }) => data.toString()), reported, delivered, invalid, dropped],
        [connections, ['encode: no'], 3, 1, {}],
      )
    })
  }

  it('sends what is good of the same batch over the next connection', async (t) => {
    const receiver = await startReceiver(t)
    const handler = socket({ ...receiver.address, closeOnError: true, makePickle, onError: 'ignore' })

    handler.write(line('a'))
    await new Promise((resolve) => handler.flush(resolve))
    handler.write(line('b') + line('bad') + line('c'))
    handler.end()
    const received = await receiver.ended(2)

    assert.deepEqual(
      received.map(({ data }) => data.toString()),
      ['a', 'bc'],
    )
  })
})

describe('a Unix socket, on Windows a pipe', () => {
  it('takes records as a port does', async (t) => {
    const dir = tempDir(t)
    const path = process.platform === 'win32' ? join(String.raw`\\.\pipe`, dir) : join(dir, 'socket')
    const receiver = await startReceiver(t, { path })
    const handler = socket({ ...receiver.address, format: 'ndjson' })
    const lines = numbered(1000)

    for (const each of lines) handler.write(each)
    handler.end()
    const [received] = await receiver.ended(1)

    assert.equal(received?.data.toString(), lines.join(''))
  })
})

describe('idleTimeout of socket', () => {
  it('closes a connection that has nothing to do; the next record opens one', async (t) => {
    const receiver = await startReceiver(t)
    const handler = socket({ ...receiver.address, format: 'ndjson', idleTimeout: 0.02 })
    const events: unknown[] = []
    for (const event of ['state', 'failure', 'reconnect']) handler.on(event, (payload) => events.push(payload.state))

    handler.write('one\n')
    const [first] = await receiver.ended(1)
    handler.write('two\n')
    const [, second] = await receiver.ended(2)
    handler.end()
    await once(handler, 'close')

    assert.deepEqual(
      [first?.data.toString(), second?.data.toString(), handler.stats.delivered, events],
      ['one\n', 'two\n', 2, ['connecting', 'open', 'closed']],
    )
  })
})
