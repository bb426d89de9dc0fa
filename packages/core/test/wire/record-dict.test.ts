import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LogRecord, PINO_SHAPE, type RecordShape } from '@pino-handlers/core'
import { Float } from '@pino-handlers/core/python'
import { frame, pickle, pickleFrames, recordDict, shortenJson } from '@pino-handlers/core/wire'
import fc from 'fast-check'
import { judge, noPython, type Question } from '../../../../test/support/python-frames.js'

describe('recordDict', () => {
  it("has LogRecord's attributes in Python's order, then what else the line says", () => {
    const line =
      '{"level":40,"time":1508025600123,"pid":7,"hostname":"h","name":"app","a":1,"b":1.5,"msg":"hi","c":{"d":[null]}}'
    const record = new LogRecord(line)

    assert.deepEqual(Object.entries(recordDict(record)), [
      ['name', 'app'],
      ['msg', 'hi'],
      ['args', null],
      ['levelname', 'WARNING'],
      ['levelno', 30],
      ['pathname', '(unknown file)'],
      ['filename', '(unknown file)'],
      ['module', '(unknown file)'],
      ['exc_info', null],
      ['exc_text', null],
      ['stack_info', null],
      ['lineno', 0],
      ['funcName', '(unknown function)'],
      ['created', new Float(1508025600.123)],
      ['msecs', new Float(123)],
      ['relativeCreated', new Float(record.relativeCreated)],
      ['thread', null],
      ['threadName', null],
      ['processName', null],
      ['process', 7],
      ['hostname', 'h'],
      ['a', 1],
      ['b', 1.5],
      ['c', { d: [null] }],
    ])
  })

  it('takes over bindings that are attributes, and gives those a name of their own that cannot be', () => {
    const line = JSON.stringify({
      level: 30,
      lineno: 42,
      module: 'auth',
      taskName: 'T-1',
      thread: 'main',
      args: [1],
      message: 'm',
      created: 'today',
      process: { id: 1 },
      exc_info: true,
      funcName: null,
      pid: 'p1',
      msg: 'x',
    })
    const dict = recordDict(new LogRecord(line))

    assert.deepEqual(pick(dict, 'lineno module thread args process exc_info funcName taskName'), {
      lineno: 42,
      module: 'auth',
      thread: null,
      args: null,
      process: null,
      exc_info: null,
      funcName: '(unknown function)',
      taskName: 'T-1',
    })
    assert.deepEqual(Object.entries(dict).slice(21), [
      ['thread_', 'main'],
      ['args_', [1]],
      ['message_', 'm'],
      ['created_', 'today'],
      ['process_', { id: 1 }],
      ['exc_info_', true],
      ['pid', 'p1'],
    ])
  })

  it('has the text of an error, and the error itself only if it has no text', () => {
    const lines = ['{"err":{"type":"E","message":"m","stack":"E: m\\n  at x"},"msg":"m"}', '{"err":42}', '{"err":null}']

    assert.deepEqual(
      lines.map((line) => pick(recordDict(new LogRecord(line)), 'exc_text exc_info err')),
      [
        { exc_text: 'E: m\n  at x', exc_info: null },
        { exc_text: null, exc_info: null, err: 42 },
        { exc_text: null, exc_info: null },
      ],
    )
  })

  it('reads records of any shape, and lines that are none', () => {
    const shape: RecordShape = {
      ...PINO_SHAPE,
      messageKey: 'message',
      levelKey: 'severity',
      timeKey: '@t',
      nestedKey: 'p',
    }
    const nested = new LogRecord(
      '{"severity":"error","@t":1508025600123,"p":{"lineno":3,"x":1},"msg":"b","message":"a"}',
      shape,
    )

    assert.deepEqual(pick(recordDict(nested), 'msg levelname lineno severity @t p msg_ message'), {
      msg: 'a',
      levelname: 'ERROR',
      lineno: 3,
      p: { lineno: 3, x: 1 },
      msg_: 'b',
    })
    assert.deepEqual(pick(recordDict(new LogRecord('not JSON')), 'name msg'), { name: 'root', msg: 'not JSON' })
  })

  it('keeps integers that a number would round, at any depth, and nothing else', () => {
    const line = String.raw`{"id":12345678901234567890,"in":[-9007199254740993,1508025600123456,0.1234567890123456,1e300],"s":"\"12345678901234567890"}`

    assert.deepEqual(pick(recordDict(new LogRecord(line)), 'id in s'), {
      id: 12345678901234567890n,
      in: [-9007199254740993n, 1508025600123456, 0.1234567890123456, 1e300],
      s: '"12345678901234567890',
    })
  })
})

describe('a record on the wire', { skip: noPython }, () => {
  it('is in Python what recordDict says, whatever the line', () => {
    const lines = [...LINES, ...fc.sample(anyLine(), { numRuns: 500, seed: 20171014 })]
    const format = pickleFrames()

    const questions = SHAPES.flatMap((shape, index) =>
      lines.map((line) => question(format, new LogRecord(line, shape), `${index} ${line}`)),
    )

    assert.deepEqual(
      judge(questions).filter(({ problem }) => problem !== null),
      [],
    )
  })

  it('prints in Python as it did here', () => {
    const questions = LINES.map((line) => question(pickleFrames(), new LogRecord(line), line))

    assert.deepEqual(
      judge(questions).map(({ texts }) => texts),
      [
        ['INFO:root:hello'],
        ['CRITICAL:app.db:caf\u00e9 \u{1f600}\nE: m\n    at x'],
        ['INFO:root:\ud800 and \udc00'],
        ['INFO:root:'],
        ['INFO:root:not JSON'],
        ['INFO:root:'],
        ['INFO:root:{"open":'],
        ['Level 25:root:100% %s {} $x'],
        ['INFO:root:x'],
      ],
    )
  })
})

const LINES: readonly string[] = [
  '{"level":30,"time":1508025600123,"pid":1,"hostname":"h","msg":"hello"}',
  '{"level":60,"time":1508025600123,"name":"app.db","err":{"type":"E","message":"m","stack":"E: m\\n    at x"},"msg":"café 😀"}',
  String.raw`{"level":30,"time":1,"lone":"\udfff","\ud800key":1,"msg":"\ud800 and \udc00"}`,
  '{"level":30,"time":1508025600123456,"id":12345678901234567890}',
  'not JSON',
  '',
  '{"open":',
  '{"level":35,"time":1,"msg":"100% %s {} $x"}',
  '{"__proto__":{"a":1},"n":2,"args":["%d"],"asctime":0,"message":"no","lineno":"x","pathname":"/a/b.js","taskName":"T","msg":"x"}',
]

const SHAPES: readonly RecordShape[] = [PINO_SHAPE, { ...PINO_SHAPE, messageKey: 'message', nestedKey: 'a' }]

function anyLine(): fc.Arbitrary<string> {
  const own = 'level time pid name msg err args lineno module thread message exc_info created taskName a'.split(' ')
  // A key like '1' comes first in an object of JavaScript, so that recordDict's order cannot be compared.
  const key = fc.oneof(
    fc.constantFrom(...own),
    fc.string().map((text) => `k${text}`),
  )
  return fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 12 }).map((fields) => JSON.stringify(fields))
}

function question(format: ReturnType<typeof pickleFrames>, record: LogRecord, id: string): Question {
  const { data } = format.stream({ records: [record], entries: [], text: '', count: 1 }, raise)
  assert.ok(typeof data !== 'string')
  return { id, frames: data, values: [recordDict(record)] }
}

function raise(error: unknown): never {
  throw error
}

function pick(dict: Readonly<Record<string, unknown>>, names: string): Record<string, unknown> {
  return Object.fromEntries(names.split(' ').flatMap((name) => (name in dict ? [[name, dict[name]]] : [])))
}

describe('the pickles of loggers that keep their errors under different keys', () => {
  it('have the error of each as its text', () => {
    const line = '{"level":50,"time":1,"err":{"stack":"E: a"},"error":{"stack":"E: b"},"msg":"x"}'
    const format = pickleFrames()
    for (const errorKey of ['err', 'error', 'err']) {
      const records = [new LogRecord(line, { ...PINO_SHAPE, errorKey })]
      const { data } = format.stream({ records, entries: [], text: '', count: 1 }, () => assert.fail())
      assert.deepEqual(data, Buffer.concat(records.map((record) => frame(pickle(recordDict(record))))))
    }
  })
})

describe('shortenJson', () => {
  it('cuts no character in two, however much room there is', () => {
    const text = JSON.stringify({ msg: '\u{1f600}'.repeat(8) })
    for (let room = 27; room < 60; room++) {
      const { msg } = JSON.parse(shortenJson(text, room) ?? '{"msg":"\\ud800"}')
      assert.ok(msg.isWellFormed(), `${room}: ${msg}`)
    }
  })
})
