// Records that need a larger datagram than there may be, in each format.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LogRecord } from '@pino-handlers/core'
import {
  cutText,
  type Encodable,
  jsonFrames,
  ndjson,
  type Oversize,
  pickleFrames,
  shortenJson,
  type WireFormat,
} from '@pino-handlers/core/wire'
import fc from 'fast-check'

const big = line({ level: 30, time: 1, name: 'app', list: [1, 2], msg: 'é'.repeat(1000) })
const small = line({ level: 30, time: 2, msg: 'small' })

const formats: readonly (readonly [name: string, format: WireFormat])[] = [
  ['ndjson', ndjson],
  ['json', jsonFrames],
  ['pickle', pickleFrames()],
  ['pickle, signed', pickleFrames({ hmac: { key: 'k' } })],
]

describe('a datagram limit', () => {
  for (const [name, format] of formats) {
    it(`drops what is larger and nothing else: ${name}`, () => {
      const alone = format.datagrams(batchOf(small), raise)
      const size = format.datagrams(batchOf(big), raise)[0]?.data.length

      const exact = send(format, 'drop', size ?? 0, big, small)
      const { parts, dropped } = send(format, 'drop', (size ?? 0) - 1, big, small)

      assert.deepEqual([exact.parts.length, exact.dropped, parts, dropped], [2, [], alone, [size]])
    })

    it(`sends what there is room for, and the next one whole: ${name}`, () => {
      const alone = format.datagrams(batchOf(small), raise)

      const { sizes, parts, dropped } = send(format, 'truncate', 800, big, small)

      // A character of two bytes may be one too many.
      assert.deepEqual([Number(sizes[0]) === 800 || sizes[0] === 799, parts.slice(1), dropped], [true, alone, []])
    })

    it(`drops what cannot be made small enough: ${name}`, () => {
      const { sizes, dropped } = send(format, 'truncate', 20, big, small)

      assert.deepEqual([sizes, dropped.length], [[], 2])
    })
  }

  it('keeps JSON what it is, with "truncated":true, and its end', () => {
    const { texts } = send(ndjson, 'truncate', 90, big)

    const msg = 'é'.repeat(8)
    assert.deepEqual(texts, [line({ level: 30, time: 1, name: 'app', list: [1, 2], msg, truncated: true })])
  })

  it('puts the length of what is left in front of it', () => {
    const { texts } = send(jsonFrames, 'truncate', 92, big)

    const rest = line({ level: 30, time: 1, name: 'app', list: [1, 2], msg: 'é'.repeat(7), truncated: true }).trimEnd()
    assert.deepEqual(texts, [`\0\0\0${String.fromCharCode(Buffer.byteLength(rest))}${rest}`])
  })

  it('cuts text that is no JSON between two characters, and leaves its end', () => {
    const { texts } = send(ndjson, 'truncate', 8, `ab${'😀'.repeat(10)}\n`, 'x'.repeat(9))

    assert.deepEqual(texts, ['ab😀\n', 'x'.repeat(8)])
  })

  it('drops what makePickle has made', () => {
    const { sizes, dropped } = send(pickleFrames({ makePickle: () => Buffer.alloc(9) }), 'truncate', 8, big)

    assert.deepEqual([sizes, dropped], [[], [9]])
  })

  it('sends what is beside a record that some versions of Node cannot write again, so deep is it nested', () => {
    const deep = `{"msg":"deep","a":${'['.repeat(30_000)}${']'.repeat(30_000)}}\n`

    const { texts, dropped } = send(ndjson, 'truncate', 1000, deep, small)

    assert.deepEqual([texts.at(-1), texts.length + dropped.length], [small, 2])
  })

  it('leaves records apart that cannot be pickled', () => {
    const deep = `{"msg":"deep","a":${'['.repeat(1500)}${']'.repeat(1500)}}\n`
    const invalid: unknown[] = []
    const limit = { maxBytes: 800, oversize: 'truncate' as const, dropped: raise }

    const parts = pickleFrames().datagrams(batchOf(small, deep, big), (error) => invalid.push(error), limit)

    const alone = send(pickleFrames(), 'truncate', 800, big).parts
    assert.deepEqual([parts.slice(1), invalid.length], [alone, 1])
  })
})

describe('shortenJson', () => {
  it('cuts the longest strings first, wherever they are', () => {
    const given = { level: 50, msg: 'short', err: { stack: 'a'.repeat(100), lines: ['b'.repeat(60), 'c'] } }

    const text = shortenJson(JSON.stringify(given), 100)

    assert.deepEqual(JSON.parse(text ?? ''), {
      level: 50,
      msg: 'short',
      err: { stack: '', lines: ['b'.repeat(21), 'c'] },
      truncated: true,
    })
  })

  it('leaves out the largest fields that have no strings to cut, and then cuts no more than it has to', () => {
    const given = { level: 50, time: 1, list: Array(100).fill(12), flag: true, msg: 'short' }

    assert.equal(
      shortenJson(JSON.stringify(given), 80),
      '{"level":50,"time":1,"flag":true,"msg":"short","truncated":true}',
    )
  })

  it('keeps level, time and message until the end, or what it is told to', () => {
    const given = JSON.stringify({ level: 50, time: 1, a: 1, msg: 'short', text: 5 })

    assert.deepEqual(
      [60, 50, 48, 47, 46].map((room) => shortenJson(given, room)),
      [
        '{"level":50,"time":1,"a":1,"msg":"short","truncated":true}',
        '{"level":50,"time":1,"msg":"sho","truncated":true}',
        '{"level":50,"time":1,"msg":"s","truncated":true}',
        '{"level":50,"time":1,"msg":"","truncated":true}',
        undefined,
      ],
    )
    assert.equal(shortenJson(given, 30, new Set(['text'])), '{"text":5,"truncated":true}')
  })

  it('is no answer for what is no object', () => {
    assert.deepEqual(
      ['[1]', '"x"', '{', '', 'INFO x'].map((text) => shortenJson(text, 100)),
      Array(5).fill(undefined),
    )
  })

  it('makes an object within the room of any other, if it makes one', () => {
    fc.assert(
      fc.property(fc.object({ withNullPrototype: false, maxDepth: 4 }), fc.nat(400), (object, room) => {
        const text = shortenJson(JSON.stringify(object), room)
        if (text === undefined) return room < 60
        return Buffer.byteLength(text) <= room && JSON.parse(text).truncated === true
      }),
    )
  })
})

describe('cutText', () => {
  it('never cuts a character in two', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 6, 7, 8].map((room) => cutText('aé€x', room)),
      ['', 'a', 'a', 'aé', 'aé€', 'aé€x', 'aé€x'],
    )
  })
})

interface Sent {
  readonly parts: readonly { readonly data: string | Uint8Array }[]
  readonly texts: readonly string[]
  readonly sizes: readonly number[]
  readonly dropped: readonly number[]
}

function send(format: WireFormat, oversize: Oversize, maxBytes: number, ...lines: readonly string[]): Sent {
  const dropped: number[] = []
  const limit = { maxBytes, oversize, dropped: (bytes: number) => dropped.push(bytes) }
  const parts = format.datagrams(batchOf(...lines), raise, limit)
  const bytes = parts.map(({ data }) => Buffer.from(data))
  return { parts, texts: bytes.map(String), sizes: bytes.map(({ length }) => length), dropped }
}

function batchOf(...entries: readonly string[]): Encodable {
  const records = entries.map((entry) => new LogRecord(entry.trimEnd()))
  return { records, entries, text: entries.join(''), count: entries.length }
}

function line(fields: object): string {
  return `${JSON.stringify(fields)}\n`
}

function raise(problem: unknown): never {
  throw problem instanceof Error ? problem : new Error(String(problem))
}
