// What a record becomes before it goes into the queue.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { LogRecord, PINO_SHAPE, type Stats } from '@pino-handlers/core'
import queue, { prepareLine, type QueueOptions } from '@pino-handlers/queue'
import { assertBalanced } from '../../../test/support/books.js'
import { line } from '../../../test/support/lines.js'
import { ArrayQueue } from './array-queue.js'

interface Prepared {
  readonly text: string
  readonly stats: Stats
  readonly failures: readonly unknown[]
}

/** What lines become in a handler with `options`. */
async function prepared(options: Partial<QueueOptions>, ...lines: readonly string[]): Promise<Prepared> {
  const target = new ArrayQueue()
  const handler = queue({ onError: 'ignore', ...options, queue: target })
  const failures: unknown[] = []
  handler.on('failure', ({ kind, message }) => failures.push([kind, message]))
  handler.write(lines.join(''))
  handler.end()
  await once(handler, 'close')
  assertBalanced(handler.stats)
  return { text: target.text, stats: handler.stats, failures }
}

describe('queue with a formatter', () => {
  it('makes the formatted text the message, and leaves the rest of the line as it was', async () => {
    const given = '{"level":30,"time":1508025600123,"10":1e3,"id":12345678901234567890,"msg":"hé","z":{"msg":[1,{}]}}\n'
    const { text } = await prepared({ formatter: { fmt: '%(levelname)s:%(message)s' } }, given)

    assert.equal(text, given.replace('"hé"', '"INFO:hé"'))
  })

  it('takes error and stack out of the line, which are in the text', async () => {
    const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at f' }
    const { text } = await prepared({ formatter: {} }, line('boom', { err, stack_info: 'Stack:\n  g', a: 1 }))

    assert.equal(text, line('boom\nError: no\n    at f\nStack:\n  g', { a: 1 }))
  })

  it("knows pino's keys", async () => {
    const options = { messageKey: 'text', errorKey: 'problem', nestedKey: 'payload', formatter: {} }
    const given = '{"level":50,"payload":{"problem":"E: no","b":[1, 2]},"text":"boom"}\n'
    const { text } = await prepared(options, given)

    assert.equal(text, '{"level":50,"payload":{"b":[1, 2]},"text":"boom\\nE: no"}\n')
  })

  it('leaves the line of a record that cannot be formatted as it was', async () => {
    const formatter = (record: LogRecord): string => {
      if (record.msg === 'bad') throw new Error('no format')
      return 'formatted'
    }
    const { text, stats, failures } = await prepared({ formatter }, line('a'), line('bad'), line('c'))

    assert.deepEqual(
      [text, stats.delivered, failures],
      [line('formatted') + line('bad') + line('formatted'), 3, [['format', 'no format']]],
    )
  })
})

describe('prepareLine', () => {
  for (const [given, expected] of [
    ['{"level":30}', '{"level":30,"msg":"new"}'],
    ['{}', '{"msg":"new"}'],
    ['not JSON', '{"msg":"new"}'],
    ['[1]', '{"msg":"new"}'],
    ['{"broken', '{"msg":"new"}'],
    ['{ "msg" : "{,}\\"" , "a" : "}" }', '{"msg":"new", "a" : "}" }'],
    ['{"m\\u0073g":"old"}', '{"msg":"new"}'],
    ['{"err":null,"stack_info":1}', '{"msg":"new"}'],
    ['{"a":{"err":1}}', '{"a":{"err":1},"msg":"new"}'],
  ] as const) {
    it(`makes ${given} ${expected}`, () => {
      assert.equal(prepareLine(new LogRecord(given), 'new'), expected)
    })
  }

  it('leaves what is not an object under nestedKey as it is', () => {
    const record = new LogRecord('{"p":[{"err":1}],"msg":"old"}', { ...PINO_SHAPE, nestedKey: 'p' })

    assert.equal(prepareLine(record, 'new'), '{"p":[{"err":1}],"msg":"new"}')
  })
})

describe('queue with prepare', () => {
  it('takes a record, an object or a line for it, and leaves out null', async () => {
    const answers: Readonly<Record<string, (record: LogRecord) => string | object | null>> = {
      record: (record) => record,
      other: () => new LogRecord('{"msg":"another"}'),
      object: ({ msg }) => ({ msg, more: 1 }),
      line: () => '{"msg":"a line"}',
      text: () => 'a text',
      gone: () => null,
    }
    const prepare = (record: LogRecord): string | object | null => answers[record.msg]?.(record) ?? null
    const { text, stats } = await prepared({ prepare }, ...Object.keys(answers).map((name) => line(name)))

    const { received, delivered, filtered } = stats
    assert.deepEqual(
      [text, { received, delivered, filtered }],
      [
        `${line('record')}{"msg":"another"}\n{"msg":"object","more":1}\n{"msg":"a line"}\na text\n`,
        { received: 5, delivered: 5, filtered: 1 },
      ],
    )
  })

  it('counts what it fails with as invalid, and goes on', async () => {
    const answers: Readonly<Record<string, () => string | object>> = {
      throws: () => {
        throw new Error('no')
      },
      number: () => JSON.parse('5'),
      lines: () => 'a\nb',
      promise: async () => '{}',
      cyclic() {
        const cyclic: Record<string, unknown> = {}
        cyclic.self = cyclic
        return cyclic
      },
    }
    const prepare = (record: LogRecord): string | object => answers[record.msg]?.() ?? record
    const lines = ['a', ...Object.keys(answers), 'z'].map((name) => line(name))
    const { text, stats, failures } = await prepared({ prepare }, ...lines)

    assert.deepEqual(
      [text, stats.invalid, stats.delivered, failures],
      [line('a') + line('z'), 5, 2, [['encode', 'no']]],
    )
  })
})
