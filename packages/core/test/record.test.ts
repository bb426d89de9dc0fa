import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { LogRecord, PINO_SHAPE, type RecordShape } from '@pino-handlers/core'
import fc from 'fast-check'
import pino from 'pino'

const ATTRIBUTES = [
  'name msg message args levelname levelno created msecs relativeCreated asctime process processName thread threadName',
  'taskName pathname filename module lineno funcName exc_info exc_text stack_info',
]
  .join(' ')
  .split(' ')

describe('LogRecord', () => {
  it("has Python's attributes for what pino wrote", () => {
    const record = new LogRecord(
      '{"level":30,"time":1508025600123,"pid":4242,"hostname":"h","name":"app","msg":"hello"}',
    )

    assert.deepEqual(view(record, ['name', 'msg', 'message', 'levelname', 'levelno', 'created', 'msecs', 'process']), {
      name: 'app',
      msg: 'hello',
      message: 'hello',
      levelname: 'INFO',
      levelno: 20,
      created: 1508025600.123,
      msecs: 123,
      process: 4242,
    })
  })

  it("says in Python's own words what pino does not know, and invents nothing", () => {
    const record = new LogRecord('{"level":30,"time":1,"msg":"x"}')

    assert.deepEqual(
      view(
        record,
        'name args process processName thread threadName taskName pathname filename module lineno funcName exc_info exc_text stack_info'.split(
          ' ',
        ),
      ),
      {
        name: 'root',
        args: null,
        process: null,
        processName: null,
        thread: null,
        threadName: null,
        taskName: null,
        pathname: '(unknown file)',
        filename: '(unknown file)',
        module: '(unknown file)',
        lineno: 0,
        funcName: '(unknown function)',
        exc_info: null,
        exc_text: null,
        stack_info: null,
      },
    )
  })

  it('takes those facts from the line when it has them, as in logs of Python services', () => {
    const facts = {
      pathname: '/srv/app/db.tar.py',
      lineno: 42,
      funcName: 'query',
      threadName: 'MainThread',
      taskName: 'T-1',
    }
    const record = new LogRecord(JSON.stringify({ level: 30, ...facts, msg: 'x' }))

    assert.deepEqual(view(record, ['pathname', 'filename', 'module', 'lineno', 'funcName', 'threadName', 'taskName']), {
      ...facts,
      filename: 'db.tar.py',
      module: 'db.tar',
    })
  })

  it('keeps every binding within reach', () => {
    const record = new LogRecord('{"level":30,"time":1,"reqId":"r1","user":{"id":7},"msg":"x"}')

    assert.deepEqual([record.get('reqId'), record.get('user'), record.get('nosuch')], ['r1', { id: 7 }, undefined])
    assert.deepEqual(record.fields.user, { id: 7 })
  })

  it('reads the levels of the table, levels between them, labels and custom labels', () => {
    const shape: RecordShape = { ...PINO_SHAPE, customLevels: { notice: 35 } }
    const levels = [
      60,
      50,
      40,
      30,
      20,
      10,
      35,
      45,
      5,
      '"error"',
      '"WARN"',
      '"wa\\u0072n"',
      '"notice"',
      '"40"',
      '1e999',
      `"${'9'.repeat(400)}"`,
      '"nosuch"',
      'null',
      '{}',
      '[]',
    ]

    assert.deepEqual(
      levels.map((level) => {
        const record = new LogRecord(`{"level":${level},"time":1,"msg":"x"}`, shape)
        return `${level} ${record.levelname} ${record.levelno}`
      }),
      [
        '60 CRITICAL 50',
        '50 ERROR 40',
        '40 WARNING 30',
        '30 INFO 20',
        '20 DEBUG 10',
        '10 TRACE 5',
        '35 NOTICE 25',
        '45 Level 35 35',
        '5 Level 1 1',
        '"error" ERROR 40',
        '"WARN" WARNING 30',
        '"wa\\u0072n" WARNING 30',
        '"notice" NOTICE 25',
        '"40" WARNING 30',
        '1e999 INFO 20',
        `"${'9'.repeat(400)}" INFO 20`,
        '"nosuch" INFO 20',
        'null INFO 20',
        '{} INFO 20',
        '[] INFO 20',
      ],
    )
  })

  it('reads the time in every form that pino can write it', () => {
    const iso = '2017-10-15T00:00:00.123Z'
    const times = [1508025600123, 1508025600, 1508025600123456, '1508025600123456789', `"${iso}"`, '"1508025600123"']
    const exotic = ['"2017-10-15T02:00:00.123456789+02:00"', '"2017-10-15T00:00:00.123Z"']

    assert.deepEqual(
      [...times, ...exotic].map((time) =>
        Math.round(new LogRecord(`{"level":30,"time":${time},"msg":"x"}`).created * 1000),
      ),
      [
        1508025600123, 1508025600000, 1508025600123, 1508025600123, 1508025600123, 1508025600123, 1508025600123,
        1508025600123,
      ],
    )
  })

  it('has the milliseconds of a time before 1970 as Python has them', () => {
    assert.equal(new LogRecord('{"level":30,"time":"1969-12-31T23:59:59.999Z","msg":"x"}').msecs, 999)
  })

  it('takes the time of arrival when the line has none that can be read', (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1508025600123 })

    for (const time of ['', ',"time":null', ',"time":"nonsense"', ',"time":{}', ',"time":1e300', ',"time":-']) {
      assert.equal(new LogRecord(`{"level":30${time},"msg":"x"}`).created, 1508025600.123, time)
    }
  })

  it("reads pino's own lines whatever the logger's options", () => {
    const lines: string[] = []
    const sink = { write: (line: string) => void lines.push(line.trimEnd()) }
    pino({ timestamp: pino.stdTimeFunctions.unixTime }, sink).info('seconds')
    pino({ timestamp: pino.stdTimeFunctions.isoTime }, sink).info('iso')
    pino({ timestamp: pino.stdTimeFunctions.nullTime }, sink).info('none')
    pino({ formatters: { level: (label) => ({ level: label }) } }, sink).error('label')
    pino({ base: null }, sink).info('no base')
    pino({}, sink).info({ level: 'mine', time: 'never' }, 'overridden')
    pino({}, sink).info({})
    pino({ crlf: true }, sink).warn('crlf')
    pino({ serializers: {} }, sink).error(new Error('boom'))

    const now = Date.now() / 1000
    assert.deepEqual(
      lines.map((line) => {
        const record = new LogRecord(line)
        return [record.message, record.levelname, Math.abs(record.created - now) < 60]
      }),
      [
        ['seconds', 'INFO', true],
        ['iso', 'INFO', true],
        ['none', 'INFO', true],
        ['label', 'ERROR', true],
        ['no base', 'INFO', true],
        ['overridden', 'INFO', true],
        ['', 'INFO', true],
        ['crlf', 'WARNING', true],
        ['boom', 'ERROR', true],
      ],
    )
  })

  it('reads time and level under keys of their own, and what is nested', () => {
    const shape: RecordShape = {
      messageKey: 'text',
      errorKey: 'error',
      timeKey: '@timestamp',
      levelKey: 'severity',
      nestedKey: 'payload',
      customLevels: {},
    }
    const line =
      '{"severity":"ERROR","@timestamp":"2017-10-15T00:00:00.123Z","payload":{"a":1,"error":{"type":"E","message":"m"}},"text":"hello"}'
    const record = new LogRecord(line, shape)

    assert.deepEqual(
      [record.message, record.levelname, record.created, record.get('a'), record.exc_text],
      ['hello', 'ERROR', 1508025600.123, 1, 'E: m'],
    )
  })

  it('makes a record of a line that is no JSON object', () => {
    for (const line of ['plain text', 'null', '42', '"text"', '[1]', '{"cut":', '']) {
      const record = new LogRecord(line)
      assert.deepEqual([record.message, record.levelname, record.name], [line, 'INFO', 'root'])
    }
  })

  it('never throws, and never gives NaN or undefined, whatever the line', () => {
    const json = fc.json()
    const odd = fc.record({
      level: fc.jsonValue(),
      time: fc.jsonValue(),
      msg: fc.jsonValue(),
      err: fc.jsonValue(),
      name: fc.jsonValue(),
    })
    fc.assert(
      fc.property(
        fc.oneof(
          json,
          odd.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        (line) => {
          const record = new LogRecord(line)
          for (const name of ATTRIBUTES) {
            const value = Reflect.get(record, name)
            assert.ok(value !== undefined && !Number.isNaN(value), `${name} is ${inspect(value)} for ${line}`)
          }
          assert.ok(!/NaN|undefined/.test(record.asctime), record.asctime)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('has words for what is nested too deeply to be written again', () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
    const record = new LogRecord(`{"level":30,"name":${deep},"msg":${deep},"err":${deep}}`)

    // Node 26 writes what is nested as deeply as it likes.
    const texts = [record.name, record.message, record.exc_text].map((text) => (text === deep ? 'all of it' : text))
    const words = isWritten(deep) ? 'all of it' : '[nested too deeply]'
    assert.deepEqual(texts, [words, words, words])
  })

  it('answers as the parsed line does, also where it reads a line without parsing it', () => {
    const plain = fc.oneof(
      fc.constantFrom(
        '"plain"',
        '":"',
        '","',
        '"a,"',
        '":x"',
        '"é😀"',
        '"{"',
        '"}"',
        '""',
        '12',
        '-0.5',
        '1e3',
        'true',
        'null',
      ),
      fc.string().map((text) => JSON.stringify(text)),
    )
    const value = fc.oneof(
      { arbitrary: plain, weight: 9 },
      { arbitrary: fc.constantFrom('{"msg":"inner"}', '[1]', '"\\""'), weight: 1 },
    )
    const key = fc.constantFrom(...KEYS)
    const fields = fc.array(fc.tuple(key, value), { maxLength: 8 })
    const line = fc
      .tuple(fc.constantFrom('"level":30,"time":1508025600123', '"level":"warn"', '"x":1', ''), fields)
      .map(([head, rest]) => [
        ...(head === '' ? [] : [head]),
        ...rest.map(([key, value]) => `${JSON.stringify(key)}:${value}`),
      ])
      .map((parts) => `{${parts.join(',')}}`)
    // What is no JSON, or not by much: a piece taken out, put in or moved.
    const broken = fc
      .tuple(
        line,
        fc.nat(),
        fc.nat(4),
        fc.constantFrom('', '"', ',', ':', '{', '}', '\\', '\n', '\t', '0', '-', ' ', 'x'),
      )
      .map(([text, at, cut, piece]) => {
        const start = at % (text.length + 1)
        return text.slice(0, start) + piece + text.slice(start + cut)
      })

    fc.assert(
      fc.property(fc.oneof(line, broken, fc.string()), (text) => {
        assert.deepEqual(answers(new LogRecord(text), text), answers(parsed(text), text), text)
      }),
      { numRuns: 5000 },
    )
  })
})

function view(record: LogRecord, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, Reflect.get(record, name)]))
}

const KEYS = [
  'name',
  'msg',
  'err',
  'pid',
  'stack_info',
  'lineno',
  'a',
  '',
  ',',
  ':',
  '":1,"',
  '\\',
  '__proto__',
  ':12,',
]

// All but level and time, which are read at the start of a line that is cut off, too, and where pino writes them even if
// a field of the application has the same name.
function answers(record: LogRecord, line: string): unknown {
  const { name, msg, process, lineno, exc_info, exc_text, stack_info } = record
  const bindings = KEYS.filter((key) => key !== 'msg').map((key) => [key, record.get(key)])
  return { name, msg: msg === record.line ? line : msg, process, lineno, exc_info, exc_text, stack_info, bindings }
}

// A space before it leaves the meaning of JSON as it is, and is no line that can be read without parsing.
function parsed(line: string): LogRecord {
  return new LogRecord(` ${line}`)
}

function isWritten(json: string): boolean {
  try {
    return JSON.stringify(JSON.parse(json)) === json
  } catch {
    return false
  }
}
