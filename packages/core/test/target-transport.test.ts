// What a pino-abstract-transport has read, and what it has not.

import assert from 'node:assert/strict'
import type { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import build from 'pino-abstract-transport'
import { line, numbered } from '../../../test/support/lines.js'
import { until } from '../../../test/support/until.js'
import { ended, flushed, opens, outcome, settled, supervised } from './target-setup.js'

type Read = (record: { msg: string }) => void | Promise<void>

/** A third-party transport that does `read` with each record. */
function transport(read: Read, options: object = {}): () => Writable {
  return () =>
    build(async (source) => {
      for await (const record of source) await read(record)
    }, options) as unknown as Writable
}

describe('a pino-abstract-transport behind a TargetSink', () => {
  it('has what it has read, and a flush waits for that', async (t) => {
    const read: string[] = []
    let goOn: () => void = () => {}
    const target = opens(
      transport(async ({ msg }) => {
        read.push(msg)
        if (msg === 'b') await new Promise<void>((resolve) => (goOn = resolve))
      }),
    )
    const { handler, log } = supervised(t, target)
    log('a', 'b', 'c')
    await until(() => handler.stats.delivered > 0)
    const before = outcome(handler.stats)
    goOn()
    const flush = await flushed(handler)

    assert.deepEqual(
      [before, flush, read, outcome(handler.stats)],
      [{ delivered: 2, queued: 1 }, undefined, ['a', 'b', 'c'], { delivered: 3 }],
    )
  })

  it('gives more lines than it reads at a time one after the other, also with parse: lines', async (t) => {
    const read: string[] = []
    const each = (text: unknown): void => void read.push(String(text))
    const { handler } = supervised(t, opens(transport(each as Read, { parse: 'lines' })))
    const lines = numbered(500)
    handler.write(lines.join(''))
    const stats = await ended(handler)
    assert.deepEqual([read.map((text) => `${text}\n`), outcome(stats)], [lines, { delivered: 500 }])
  })

  it('gets none of the records again that it had read when it died, and says of what', async (t) => {
    const read: string[] = []
    const throws = transport(({ msg }) => {
      if (msg === 'bad') throw new TypeError('a bad record')
      read.push(msg)
    })
    const { handler, events, log } = supervised(t, opens(throws))
    log('a', 'bad', 'b', 'c', 'bad', 'd')
    log('e')
    const stats = await ended(handler)

    assert.deepEqual(
      [read, outcome(stats), events.filter((each) => each.startsWith('fake')).map((each) => each.replace(/;.*/, ''))],
      [['a', 'b', 'c', 'd', 'e'], { delivered: 7 }, ['fake failed: a bad record']],
    )
  })

  it('is waited for until it has closed', async (t) => {
    const done: string[] = []
    const close = async (): Promise<void> => {
      await settled()
      done.push('closed')
    }
    const { handler, log } = supervised(t, opens(transport(({ msg }) => void done.push(msg), { close })))
    log('a')
    await ended(handler)
    assert.deepEqual(done, ['a', 'closed'])
  })

  it('that stands still does not make memory grow', async (t) => {
    const { handler } = supervised(t, opens(transport(() => new Promise(() => {}))), {
      maxQueueBytes: 200_000,
      closeTimeout: 0.05,
    })
    const text = line('x'.repeat(900))
    for (let count = 0; count < 2000; count++) handler.write(text)
    await settled()
    const { queued, delivered } = handler.stats
    assert.equal(queued + delivered < 500, true, `${queued} are held`)
  })
})
