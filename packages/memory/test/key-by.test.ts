// The memory handler with a buffer for each key.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import memory from '@pino-handlers/memory'
import { assertBalanced } from '../../../test/support/books.js'
import { line } from '../../../test/support/lines.js'
import { ended, listTarget, messages } from './memory-target.js'

const debug = (msg: string, reqId?: unknown): string => line(msg, { level: 20, reqId })
const error = (msg: string, reqId?: unknown): string => line(msg, { level: 50, reqId })

/** Lets time pass at will. */
function clock(t: TestContext): (seconds: number) => void {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 })
  return (seconds) => t.mock.timers.setTime(Date.now() + seconds * 1000)
}

describe('memory with keyBy', () => {
  it('hands over the records of the key that fails, and only those', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 10, target, keyBy: 'reqId' })

    handler.write(debug('a1', 'a') + debug('b1', 'b') + debug('a2', 'a') + error('b2', 'b') + debug('b3', 'b'))

    assert.deepEqual([messages(target.lines), handler.stats.queued], [['b1', 'b2'], 3])
    await ended(handler)
    assert.deepEqual(handler.stats.dropped, { 'not flushed': 3 })
    assertBalanced(handler.stats)
  })

  it('tells keys apart by their JSON, and has a buffer for records without the key', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 10, target, keyBy: 'reqId' })

    const keys = [1, '1', null, 'null', undefined, { a: [1, { b: '}' }] }, true, 'ключ "quoted"']
    handler.write(keys.map((key, index) => debug(String(index), key)).join(''))
    handler.write('no JSON\n')
    for (const [index, key] of keys.entries()) handler.write(error(`error ${index}`, key))

    assert.deepEqual(
      target.lines.map((each) => (each.startsWith('{') ? JSON.parse(each).msg : each.trim())),
      keys.flatMap((key, index) => [String(index), ...(key === undefined ? ['no JSON'] : []), `error ${index}`]),
    )
    await ended(handler)
  })

  it('finds a key under nestedKey', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 10, target, keyBy: 'reqId', nestedKey: 'payload' })

    for (const [msg, reqId] of Object.entries({ a: 1, b: 2 })) handler.write(line(msg, { payload: { reqId } }))
    handler.write(line('now', { level: 50, payload: { reqId: 2 } }))

    assert.deepEqual(messages(target.lines), ['b', 'now'])
    await ended(handler)
  })

  it('keeps the newest of each key, and the newest of all within maxBytes', async () => {
    const target = listTarget()
    const size = debug('a1', 'a').length
    const handler = memory({ capacity: 3, target, keyBy: 'reqId', maxBytes: size * 5 })

    handler.write(['a1', 'b1', 'a2', 'a3', 'a4', 'b2', 'a5', 'c1'].map((msg) => debug(msg, msg[0])).join(''))
    handler.command('flush')

    assert.deepEqual(
      [messages(target.lines), handler.stats.dropped],
      [['a3', 'a4', 'b2', 'a5', 'c1'], { overwritten: 3 }],
    )
    await ended(handler)
    assertBalanced(handler.stats)
  })

  it('has of 10,000 interleaved keys exactly the records of those that fail, in order', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 100, target, keyBy: 'reqId', maxBytes: '32MiB' })
    const fails = (key: number): boolean => key % 100 === 7
    const record = (key: number, n: number): string =>
      (n === 9 && fails(key) ? error : debug)(`${n} of ${key}`, `req-${key}`)

    for (let n = 0; n < 10; n++) {
      for (let key = 0; key < 10_000; key += 500) {
        handler.write(Array.from({ length: 500 }, (_, index) => record(key + index, n)).join(''))
      }
    }

    const failing = Array.from({ length: 10_000 }, (_, key) => key).filter(fails)
    const expected = failing.flatMap((key) => Array.from({ length: 10 }, (_, n) => record(key, n)))
    assert.deepEqual([target.lines, handler.stats.queued], [expected, 99_000])
    await ended(handler)
    assertBalanced(handler.stats)
  })

  it('holds and gives out what it should when keys fail in the middle of others', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 50, target, keyBy: 'reqId', maxBytes: 200_000 })
    const expected: string[] = []
    let held: { key: number; text: string; bytes: number }[] = []
    let state = 7

    for (let n = 0; n < 20_000; n++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
      const key = (state >> 8) % 40
      const fails = (state >> 16) % 20 === 0
      const text = (fails ? error : debug)(`${n} ${'ö'.repeat((state >> 10) % 60)}`, key)
      handler.write(text)
      const own = held.filter((each) => each.key === key)
      if (fails) {
        expected.push(...own.map((each) => each.text), text)
        held = held.filter((each) => each.key !== key)
        continue
      }
      if (own.length === 50)
        held.splice(
          held.findIndex((each) => each.key === key),
          1,
        )
      held.push({ key, text, bytes: Buffer.byteLength(text) })
      while (held.reduce((sum, { bytes }) => sum + bytes, 0) > 200_000) held.shift()
    }
    handler.command('flush')

    assert.deepEqual(target.lines, [...expected, ...held.map(({ text }) => text)])
    await ended(handler)
    assertBalanced(handler.stats)
  })

  it('forgets keys that have had no record for keyTtl', async (t) => {
    const pass = clock(t)
    const target = listTarget()
    const handler = memory({ capacity: 10, target, keyBy: 'reqId', keyTtl: 60 })

    handler.write(debug('a1', 'a') + debug('b1', 'b'))
    pass(60)
    handler.write(debug('b2', 'b'))
    pass(1)
    handler.write(error('a2', 'a') + error('b3', 'b'))

    assert.deepEqual([messages(target.lines), handler.stats.dropped], [['a2', 'b1', 'b2', 'b3'], { expired: 1 }])
    await ended(handler)
    assertBalanced(handler.stats)
  })

  it('forgets the key that was used least recently for one more than maxKeys', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 10, target, keyBy: 'reqId', maxKeys: 2 })

    handler.write(debug('a1', 'a') + debug('b1', 'b') + debug('a2', 'a') + debug('c1', 'c'))
    handler.write(error('b2', 'b') + error('c2', 'c'))

    assert.deepEqual([messages(target.lines), handler.stats.dropped], [['b2', 'c1', 'c2'], { evicted: 3 }])
    await ended(handler)
    assertBalanced(handler.stats)
  })

  it('lets the records of a key that has failed pass until it is forgotten', async (t) => {
    const pass = clock(t)
    const target = listTarget()
    const handler = memory({ capacity: 10, target, keyBy: 'reqId', keyTtl: 60, afterTrigger: 'passthrough' })

    handler.write(error('a1', 'a') + debug('b1', 'b') + debug('a2', 'a'))
    pass(60)
    handler.write(debug('a3', 'a'))
    pass(61)
    handler.write(debug('a4', 'a'))

    assert.deepEqual([messages(target.lines), handler.stats.queued], [['a1', 'a2', 'a3'], 1])
    await ended(handler)
    assertBalanced(handler.stats)
  })

  it('loses nothing with onFull flush: what is full or forgotten is handed over key by key', async (t) => {
    const pass = clock(t)
    const target = listTarget()
    const handler = memory({ capacity: 3, target, keyBy: 'reqId', keyTtl: 60, maxKeys: 2, onFull: 'flush' })

    handler.write(['a1', 'b1', 'a2', 'b2', 'a3', 'a4', 'c1'].map((msg) => debug(msg, msg[0])).join(''))
    pass(61)
    handler.write(debug('d1', 'd'))
    await ended(handler)

    assert.deepEqual(messages(target.lines), ['a1', 'a2', 'a3', 'b1', 'b2', 'a4', 'c1', 'd1'])
    assert.deepEqual(handler.stats.dropped, {})
    assertBalanced(handler.stats)
  })
})
