import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import { LogRecord } from '@pino-handlers/core'
import {
  type Encodable,
  frame,
  jsonFrames,
  ndjson,
  pickle,
  pickleFrames,
  recordDict,
  type WireFormat,
} from '@pino-handlers/core/wire'
import { noPython, problems } from '../../../../test/support/python-frames.js'

describe('ndjson', () => {
  it('is the text as it is, or one line for each datagram', () => {
    const batch = batchOf('{"a":"é"}\n', '{}\r\n')

    assert.deepEqual(ndjson.stream(batch, raise), { data: '{"a":"é"}\n{}\r\n', count: 2 })
    assert.deepEqual(texts(ndjson.datagrams(batch, raise)), ['{"a":"é"}\n', '{}\r\n'])
  })

  it('marks objects that are sent once more, each once, and nothing else', () => {
    const batch = batchOf('{"a":1}\n', '{}\r\n', '{ }\n', 'INFO {x}\n', '[{}]\n', '{"a":{"resent":true}}\n')

    const once = ndjson.resent(ndjson.stream(batch, raise))

    assert.deepEqual(once, {
      data: '{"a":1,"resent":true}\n{"resent":true}\r\n{ "resent":true}\nINFO {x}\n[{}]\n{"a":{"resent":true},"resent":true}\n',
      count: 6,
    })
    assert.deepEqual(ndjson.resent(once), once)
    assert.deepEqual(texts(ndjson.datagrams(batch, raise).map(ndjson.resent)).join(''), once.data)
  })
})

describe('jsonFrames', () => {
  const batch = batchOf('{"a":"é"}\n', '{}\r\n', '\n', 'no end')

  it('puts the length in bytes before each entry without its end', () => {
    const { data, count } = jsonFrames.stream(batch, raise)

    assert.deepEqual([textOf(data), count], ['\0\0\0\x0a{"a":"é"}\0\0\0\x02{}\0\0\0\0\0\0\0\x06no end', 4])
  })

  it('gives each datagram one frame', () => {
    assert.deepEqual(texts(jsonFrames.datagrams(batch, raise)), [
      '\0\0\0\x0a{"a":"é"}',
      '\0\0\0\x02{}',
      '\0\0\0\0',
      '\0\0\0\x06no end',
    ])
  })

  it('marks objects that are sent once more, each once', () => {
    const once = jsonFrames.resent(jsonFrames.stream(batch, raise))

    assert.deepEqual(
      [textOf(once.data), once.count],
      ['\0\0\0\x18{"a":"é","resent":true}\0\0\0\x0f{"resent":true}\0\0\0\0\0\0\0\x06no end', 4],
    )
    assert.deepEqual(jsonFrames.resent(once), once)
  })
})

describe('pickleFrames', () => {
  const batch = batchOf('{"level":30,"time":1,"msg":"one"}\n', '{"level":30,"time":1,"b":true,"msg":"two"}\n')
  const dicts = batch.records.map(recordDict)

  it('frames what recordDict says of each record', () => {
    assert.deepEqual(pickleFrames().stream(batch, raise), {
      data: Buffer.concat(dicts.map((dict) => frame(pickle(dict)))),
      count: 2,
    })
  })

  it('gives each datagram one frame', () => {
    assert.deepEqual(
      pickleFrames().datagrams(batch, raise),
      dicts.map((dict) => ({ data: frame(pickle(dict)), count: 1 })),
    )
  })

  it('signs each pickle, with SHA-256 unless told otherwise', () => {
    const signed = (algorithm: string): Buffer[] =>
      dicts
        .map(pickle)
        .map((body) => frame(Buffer.concat([createHmac(algorithm, 'secret').update(body).digest(), body])))

    assert.deepEqual(
      [{ key: 'secret' }, { key: Buffer.from('secret'), algorithm: 'sha1' }].map((hmac) =>
        pickleFrames({ hmac }).stream(batch, raise),
      ),
      [
        { data: Buffer.concat(signed('sha256')), count: 2 },
        { data: Buffer.concat(signed('sha1')), count: 2 },
      ],
    )
  })

  it('goes on without a record that cannot be pickled, and says so', () => {
    const deep = `{"msg":"deep","a":${'['.repeat(1500)}${']'.repeat(1500)}}\n`
    const some = batchOf('{"msg":"a"}\n', deep, '{"msg":"b"}\n')
    const errors: unknown[] = []
    const format = pickleFrames({ hmac: { key: 'k' } })

    const part = format.stream(some, (error) => errors.push(error))
    const parts = format.datagrams(some, (error) => errors.push(error))

    assert.deepEqual(
      [part, parts.length, errors.map(String)],
      [
        format.stream({ ...some, records: some.records.filter(({ msg }) => msg !== 'deep') }, raise),
        2,
        Array(2).fill('Error: cannot pickle what is nested 1000 deep'),
      ],
    )
  })

  it('can be used by who hears of a failure', () => {
    const format = pickleFrames()
    const deep = batchOf('{"msg":"a"}\n', `{"a":${'['.repeat(1500)}${']'.repeat(1500)}}\n`)
    const inner: unknown[] = []

    const outer = format.stream(deep, () => inner.push(format.stream(batch, raise)))

    assert.deepEqual([outer.count, inner], [1, [pickleFrames().stream(batch, raise)]])
  })

  it('sends what makePickle returns as it is, and counts what is no payload', () => {
    const makePickle = ({ msg }: LogRecord): Buffer => {
      if (msg === 'two') throw new Error('not this one')
      return Buffer.from(`<${msg}>`)
    }
    const nothing: () => Uint8Array = JSON.parse.bind(undefined, 'null')
    const errors: unknown[] = []
    const note = (error: unknown): number => errors.push(error)
    const own = pickleFrames({ makePickle })

    assert.deepEqual(
      [
        own.stream(batch, note),
        own.datagrams(batch, note),
        pickleFrames({ makePickle: nothing }).stream(batch, note).count,
      ],
      [{ data: Buffer.from('<one>'), count: 1 }, [{ data: Buffer.from('<one>'), count: 1 }], 0],
    )
    assert.deepEqual(errors.map(String), [
      'Error: not this one',
      'Error: not this one',
      ...Array(2).fill('Error: makePickle must return a Uint8Array (a Buffer), got null'),
    ])
    assert.deepEqual(own.resent(own.stream(batch, note)), { data: Buffer.from('<one>'), count: 1 })
  })

  it('refuses what it cannot sign with', () => {
    const wrong = [
      { hmac: { key: '' } },
      { hmac: { key: 'k', algorithm: 'nosuch' } },
      { hmac: { key: 'k' }, makePickle: () => new Uint8Array() },
    ]

    assert.deepEqual(
      wrong.map((options) => messageOf(() => pickleFrames(options))),
      [
        'must have a key that is not empty',
        "names the algorithm 'nosuch', which cannot be used: Invalid digest: nosuch",
        'cannot sign what makePickle returns: sign in makePickle',
      ],
    )
  })

  it('is read by Python, sent for the first time or once more, signed or not', { skip: noPython }, () => {
    const questions = (format: WireFormat) => {
      const part = format.stream(batch, raise)
      const marked = dicts.map((dict) => ({ ...dict, resent: true }))
      const once = format.resent(part)
      return [
        { id: 'first', frames: bytesOf(part.data), values: dicts },
        { id: 'again', frames: bytesOf(once.data), values: marked },
        { id: 'again and again', frames: bytesOf(format.resent(once).data), values: marked },
      ]
    }

    assert.deepEqual(problems(questions(pickleFrames())), [])
    assert.deepEqual(problems(questions(pickleFrames({ hmac: { key: 'sécret' } })), '--hmac-key', 'sécret'), [])
    assert.deepEqual(
      problems(questions(pickleFrames({ hmac: { key: 'a' } })), '--hmac-key', 'b').map(({ problem }) => problem),
      Array(3).fill('Problem: bad hmac'),
    )
  })
})

function batchOf(...entries: string[]): Encodable {
  const records = entries.map((entry) => new LogRecord(entry.trimEnd()))
  return { records, entries, text: entries.join(''), count: entries.length }
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data) : data
}

function textOf(data: string | Uint8Array): string {
  return Buffer.from(data).toString()
}

function texts(parts: readonly { readonly data: string | Uint8Array }[]): string[] {
  return parts.map(({ data }) => textOf(data))
}

function messageOf(make: () => unknown): string {
  try {
    return String(make())
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function raise(error: unknown): never {
  throw error
}
