import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { excText, LogRecord } from '@pino-handlers/core'
import pino from 'pino'

describe('excText', () => {
  it('is the stack of the error that pino serialized', () => {
    const error = Object.assign(new TypeError('wrong'), { stack: 'TypeError: wrong\n    at here (file.js:1:1)\n' })

    assert.equal(recordOf(error).exc_text, 'TypeError: wrong\n    at here (file.js:1:1)')
  })

  it('tells causes once, whether the serializer has put them into the stack or beside it', () => {
    const cause = Object.assign(new Error('disk full'), { stack: 'Error: disk full\n    at b' })
    const error = Object.assign(new Error('cannot save', { cause }), { stack: 'Error: cannot save\n    at a' })

    assert.equal(recordOf(error).exc_text, 'Error: cannot save\n    at a\ncaused by: Error: disk full\n    at b')
    assert.equal(
      recordOf(error, pino.stdSerializers.errWithCause).exc_text,
      'Error: cannot save\n    at a\ncaused by: Error: disk full\n    at b',
    )
    const both = { stack: 'Error: a\ncaused by: Error: b', cause: { stack: 'Error: b' } }
    assert.equal(excText(both), both.stack)
  })

  it('tells the errors of an AggregateError', () => {
    const first = Object.assign(new Error('one'), { stack: 'Error: one' })
    const second = Object.assign(new Error('two'), { stack: 'Error: two' })
    const error = Object.assign(new AggregateError([first, second], 'both'), { stack: 'AggregateError: both' })

    assert.equal(recordOf(error).exc_text, 'AggregateError: both\nerror 1 of 2: Error: one\nerror 2 of 2: Error: two')
  })

  it('makes do with what there is', () => {
    const cases: [unknown, string | null][] = [
      [{ type: 'E', message: 'm' }, 'E: m'],
      [{ message: 'only' }, 'only'],
      [{ name: 'E' }, 'E'],
      [{ code: 7 }, '{"code":7}'],
      [{}, '{}'],
      ['text', 'text'],
      ['', null],
      [null, null],
      [42, null],
      [[], null],
    ]

    assert.deepEqual(
      cases.map(([err]) => excText(err)),
      cases.map(([, text]) => text),
    )
  })

  it('comes to an end with causes that never do', () => {
    let deep: Record<string, unknown> = { message: 'last' }
    for (let depth = 0; depth < 1000; depth++) deep = { message: String(depth), cause: deep }

    assert.equal(excText(deep)?.split('\n').length, 17)
  })
})

function recordOf(error: Error, serializer: (error: Error) => unknown = pino.stdSerializers.err): LogRecord {
  const lines: string[] = []
  pino({ serializers: { err: serializer } }, { write: (line: string) => void lines.push(line) }).error(error)
  return new LogRecord(lines.join('').trimEnd())
}
