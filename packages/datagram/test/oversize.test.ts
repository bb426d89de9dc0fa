// Records that are larger than a datagram.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Drop, Failure } from '@pino-handlers/core'
import datagram from '@pino-handlers/datagram'
import { closed } from '../../../test/support/closed.js'
import { line } from '../../../test/support/lines.js'
import { Receiver } from './receiver.js'

const host = '127.0.0.1'
const large = line('x'.repeat(70_000))

describe('a record of 70 KB', () => {
  it('is sent as far as there is room, and the next one after it', async (t) => {
    const receiver = await Receiver.start(t)
    const handler = datagram({ host, port: receiver.port, format: 'ndjson', maxDatagramBytes: 9000 })

    handler.write(line('before') + large + line('after'))
    const { delivered, dropped } = await closed(handler)

    const texts = await receiver.texts(3)
    const [, { msg, truncated }] = texts.map((text) => JSON.parse(text))
    assert.deepEqual(
      [texts[0], texts[1]?.length, msg, truncated, texts[2], delivered, dropped],
      [line('before'), 9000, 'x'.repeat(msg.length), true, line('after'), 3, {}],
    )
  })

  it('takes the largest datagram that UDP over IPv4 has, unless told otherwise', {
    skip: process.platform === 'darwin' && 'macOS sends no datagrams above 9216 bytes',
  }, async (t) => {
    const receiver = await Receiver.start(t)
    const handler = datagram({ host, port: receiver.port })

    handler.write(large)
    handler.write(line('after'))
    const { delivered } = await closed(handler)

    const sizes = (await receiver.received(2)).map(({ length }) => length)
    assert.deepEqual([sizes[0], Number(sizes[1]) < 1000, delivered], [65_507, true, 2])
  })

  it('is dropped, counted and reported with oversize drop, and the next one is sent', async (t) => {
    const receiver = await Receiver.start(t)
    const handler = datagram({ host, port: receiver.port, format: 'ndjson', oversize: 'drop', onError: 'ignore' })
    const events: unknown[] = []
    handler.on('drop', ({ reason, count }: Drop) => events.push([reason, count]))
    handler.on('failure', ({ kind, message, code }: Failure) => events.push([kind, message, code]))

    handler.write(line('before') + large + line('after'))
    const { delivered, dropped } = await closed(handler)

    const words = `a record of ${large.length} bytes is dropped: maxDatagramBytes is 65507`
    assert.deepEqual(
      [await receiver.texts(2), delivered, dropped, events],
      [
        [line('before'), line('after')],
        2,
        { oversize: 1 },
        [
          ['oversize', 1],
          ['oversize', words, 'EMSGSIZE'],
        ],
      ],
    )
  })

  it('is refused by the system where nothing limits it, as in Python, and the next one is sent', async (t) => {
    const receiver = await Receiver.start(t)
    const options = { host, port: receiver.port, format: 'ndjson', maxDatagramBytes: 0, onError: 'ignore' } as const
    const handler = datagram(options)
    const failures: Failure[] = []
    handler.on('failure', (failure: Failure) => failures.push(failure))

    handler.write(line('before') + large + line('after'))
    const { delivered, dropped } = await closed(handler)

    assert.deepEqual(
      [await receiver.texts(2), delivered, dropped, failures.map(({ kind, code }) => [kind, code])],
      [[line('before'), line('after')], 2, { refused: 1 }, [['send', 'EMSGSIZE']]],
    )
  })
})
