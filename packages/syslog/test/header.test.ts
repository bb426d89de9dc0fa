// What stands before the text, by protocol.

import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { describe, it } from 'node:test'
import { rfc3164Time, rfc5424Time, structuredDataCheck } from '@pino-handlers/syslog/wire'
import { line } from '../../../test/support/lines.js'
import { messageOf, messageOnly } from './encode.js'

const rfc5424 = { protocol: 'rfc5424', facility: 16 } as const
const rfc3164 = { protocol: 'rfc3164', facility: 16 } as const
const OCT_15 = '2017-10-15T00:00:00.123Z'

describe("protocol 'python'", () => {
  it('is priority, ident and text, and the NUL', () => {
    assert.deepEqual(
      [
        messageOf({ ident: 'app: ', appendNul: true }, line('hello', { level: 50 }), messageOnly),
        messageOf({ ident: 'app: ' }, line('hello'), messageOnly),
      ],
      ['<11>app: hello\0', '<14>app: hello'],
    )
  })

  it('has the line as pino wrote it without a formatter', () => {
    assert.equal(messageOf({}, '{"level":30,"time":1,"msg":"a"}'), '<14>{"level":30,"time":1,"msg":"a"}')
  })
})

describe("protocol 'rfc5424'", () => {
  it('has the time, the host, the logger and the process of the line', () => {
    assert.equal(
      messageOf(rfc5424, line('hello', { name: 'app' }), messageOnly),
      `<134>1 ${OCT_15} host app 4242 - - hello`,
    )
  })

  it('names the program by ident, without what separates it from the text', () => {
    assert.equal(
      messageOf({ ...rfc5424, ident: 'my app: ' }, line('hello', { name: 'other' }), messageOnly),
      `<134>1 ${OCT_15} host my_app 4242 - - hello`,
    )
  })

  it('has the machine and the process where the line has none, and no value where nobody knows one', () => {
    assert.equal(
      messageOf(rfc5424, '{"level":30,"time":1508025600123,"msg":"hello"}', messageOnly),
      `<134>1 ${OCT_15} ${hostname()} - ${process.pid} - - hello`,
    )
  })

  it('has no value for what is empty or no word', () => {
    const odd = '{"level":30,"time":1508025600123,"pid":"","hostname":"","id":{},"msg":""}'
    assert.equal(messageOf({ ...rfc5424, msgId: 'id' }, odd, messageOnly), `<134>1 ${OCT_15} - - - - - `)
  })

  it('has the bindings of the logger, not what a record has under their names', () => {
    const spoofed = line('hello', { name: 'app', user: { name: 'x', hostname: 'y' } }).replace(
      '"msg"',
      '"pid":1,"hostname":"evil","name":"evil","msg"',
    )
    assert.equal(messageOf(rfc5424, spoofed, messageOnly), `<134>1 ${OCT_15} host app 4242 - - hello`)
  })

  it('has them also behind a time of the application, or labels for levels', () => {
    const evil = '"pid":4242,"hostname":"host","name":"app","pid":1,"hostname":"evil","name":"evil","msg":"hello"}'
    for (const [level, time] of [
      ['30', '"2017-10-15T00:00:00.123Z"'],
      ['"info"', '1508025600123'],
      ['30', '1508025600.123'],
    ]) {
      const spoofed = `{"level":${level},"time":${time},${evil}`
      assert.equal(messageOf(rfc5424, spoofed, messageOnly), `<134>1 ${OCT_15} host app 4242 - - hello`)
    }
  })

  it('has the name of a child, which stands further in', () => {
    const child = '{"level":30,"time":1508025600123,"pid":4242,"hostname":"host","reqId":1,"name":"db","msg":"hello"}'
    const plain = '{"level":30,"time":1508025600123,"pid":4242,"hostname":"host","username":"x","msg":"hello"}'
    assert.deepEqual(
      [plain, child, plain].map((each) => messageOf(rfc5424, each, messageOnly)),
      ['-', 'db', '-'].map((name) => `<134>1 ${OCT_15} host ${name} 4242 - - hello`),
    )
  })

  it('keeps to printable ASCII and to the lengths of the fields', () => {
    const wild = line('hello', {
      name: `é 😀\n${'n'.repeat(60)}`,
      hostname: `a b${'h'.repeat(300)}`,
      id: 'x y'.repeat(20),
    })
    assert.equal(
      messageOf({ ...rfc5424, msgId: 'id' }, wild, messageOnly),
      `<134>1 ${OCT_15} a_b${'h'.repeat(252)} ____${'n'.repeat(44)} 4242 ${'x_y'.repeat(20).slice(0, 32)} - hello`,
    )
  })

  it('takes MSGID and structured data from bindings', () => {
    const settings = {
      ...rfc5424,
      msgId: 'event',
      structuredData: { id: 'app@32473', fields: ['reqId', 'path', 'none', 'user', 'a b="]', 'levelname'] },
    }
    const given = line('hello', {
      event: 'LOGIN',
      reqId: 7,
      path: 'c:\\"x"]',
      user: { id: 1 },
      'a b="]': 'é\n',
      nul: null,
    })
    assert.equal(
      messageOf(settings, given, messageOnly),
      `<134>1 ${OCT_15} host - 4242 LOGIN [app@32473 reqId="7" path="c:\\\\\\"x\\"\\]" user="{\\"id\\":1}" a_b___="é#012" levelname="INFO"] hello`,
    )
  })

  it('has words for a binding that is nested too deeply to be written', () => {
    const settings = { ...rfc5424, structuredData: { id: 'app@32473', fields: ['deep'] } }
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
    const given = line('hello').replace('{', `{"deep":${deep},`)
    // Node 26 writes what is nested as deeply as it likes.
    const text = messageOf(settings, given, messageOnly).replace(/"\{.*\}"/, '"[nested too deeply\\]"')
    assert.match(text, /\[app@32473 deep="\[nested too deeply\\\]"\] hello$/)
  })

  it('has no structured data when the record has none of the fields', () => {
    const settings = { ...rfc5424, structuredData: { id: 'app@32473', fields: ['a', 'b'] } }
    assert.equal(messageOf(settings, line('hello', { b: null }), messageOnly), `<134>1 ${OCT_15} host - 4242 - - hello`)
  })

  it('begins the text with a byte order mark if asked', () => {
    assert.equal(
      messageOf({ ...rfc5424, bom: true }, line('é'), messageOnly),
      `<134>1 ${OCT_15} host - 4242 - - \ufeffé`,
    )
  })
})

describe('the id of structured data', () => {
  it('is a name, or a name with an enterprise number', () => {
    const parse = (id: unknown): unknown => structuredDataCheck.parse({ id, fields: ['a'] }, {})
    assert.deepEqual(
      ['meta', 'app@32473', 'a.b-c@1.2.3', 1].map((id) => parse(id) !== undefined),
      [true, true, true, false],
    )
    for (const id of ['', 'a b', 'a=b', 'a]', 'a"', 'app@', '@1', 'a@b@1', 'é', 'x'.repeat(33)]) {
      assert.throws(() => parse(id), { message: /^has the id ".*"; it must be a name/ }, id)
    }
  })

  it('comes with a list of fields', () => {
    assert.deepEqual(
      [null, [], {}, { id: 'meta' }, { id: 'meta', fields: 'a' }, { id: 'meta', fields: [1] }].map((value) =>
        structuredDataCheck.parse(value, {}),
      ),
      [undefined, undefined, undefined, undefined, undefined, undefined],
    )
  })
})

describe("the protocols 'rfc3164' and 'local'", () => {
  const time = new Date(2017, 9, 5, 2, 3, 4, 567).getTime()

  it('have the local time, the host without its domain, and tag and process', () => {
    const given = line('hello', { time, hostname: 'host.example.com', name: 'my app' })
    assert.deepEqual(
      [messageOf(rfc3164, given, messageOnly), messageOf({ ...rfc3164, protocol: 'local' }, given, messageOnly)],
      ['<134>Oct  5 02:03:04 host my_app[4242]: hello', '<134>Oct  5 02:03:04 my_app[4242]: hello'],
    )
  })

  it('keep an address whole, and make do without a name and a process', () => {
    assert.deepEqual(
      [
        messageOf(rfc3164, line('hello', { time, hostname: '10.1.2.3' }), messageOnly),
        messageOf({ ...rfc3164, ident: 'app: ' }, line('hello', { time, pid: '', hostname: '::1' }), messageOnly),
        messageOf(rfc3164, line('hello', { time, pid: '1]: <0>', hostname: '' }), messageOnly),
      ],
      [
        '<134>Oct  5 02:03:04 10.1.2.3 node[4242]: hello',
        '<134>Oct  5 02:03:04 ::1 app: hello',
        '<134>Oct  5 02:03:04 - node[1___<0>]: hello',
      ],
    )
  })
})

describe('the time', () => {
  it('has milliseconds, or microseconds if the record has them', () => {
    const text = rfc5424Time()
    assert.deepEqual([0, 1, 999, 1000, 1508025600123.456, 0.9999, 999.9999, -1, -62135596800000].map(text), [
      '1970-01-01T00:00:00.000Z',
      '1970-01-01T00:00:00.001Z',
      '1970-01-01T00:00:00.999Z',
      '1970-01-01T00:00:01.000Z',
      '2017-10-15T00:00:00.123456Z',
      '1970-01-01T00:00:00.001000Z',
      '1970-01-01T00:00:00.999999Z',
      '1969-12-31T23:59:59.999Z',
      '0001-01-01T00:00:00.000Z',
    ])
  })

  it('has no value beyond the years 0 to 9999', () => {
    assert.deepEqual([253402300800000, -62167219200001, 8.64e15].map(rfc5424Time()), ['-', '-', '-'])
  })

  it('is local with the day in two places for RFC 3164', () => {
    const text = rfc3164Time()
    assert.deepEqual(
      [new Date(2017, 0, 1, 0, 0, 0, 999), new Date(2017, 11, 31, 23, 59, 59)].map((date) => text(date.getTime())),
      ['Jan  1 00:00:00', 'Dec 31 23:59:59'],
    )
  })
})
