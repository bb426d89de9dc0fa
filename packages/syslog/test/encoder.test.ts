// Frames, control characters, and messages that are too large.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LogRecord, PINO_SHAPE } from '@pino-handlers/core'
import { Formatter } from '@pino-handlers/core/formatter'
import {
  type Carrier,
  defaultFraming,
  type Escape,
  type Framing,
  type Protocol,
  withoutExceptions,
} from '@pino-handlers/syslog/wire'
import { line } from '../../../test/support/lines.js'
import { commonSettings } from '../../../test/support/settings.js'
import { encode, messageOf, messageOnly } from './encode.js'

const stream = { separate: false } as const

describe('the framing', () => {
  it('is octet counting on TLS and for rfc5424, none for datagrams, and else a newline', () => {
    const protocols: readonly Protocol[] = ['rfc5424', 'rfc3164', 'local', 'python']
    const carriers: readonly Carrier[] = ['datagram', 'stream', 'tls']
    assert.deepEqual(
      protocols.map((protocol) => carriers.map((carrier) => defaultFraming(protocol, carrier, false))),
      [
        ['none', 'octet-counting', 'octet-counting'],
        ['none', 'lf', 'octet-counting'],
        ['none', 'lf', 'octet-counting'],
        ['none', 'lf', 'octet-counting'],
      ],
    )
  })

  it('leaves a stream of CPython as it is, when each message ends in a NUL', () => {
    assert.deepEqual(
      [defaultFraming('python', 'stream', true), defaultFraming('rfc3164', 'stream', true)],
      ['none', 'lf'],
    )
  })

  it('puts the messages of a batch into one part', () => {
    const framed = (framing: Framing): unknown => {
      const { texts, counts } = encode({ ...stream, framing, appendNul: true }, [line('é'), line('')], messageOnly)
      return [texts, counts]
    }
    assert.deepEqual(
      [framed('octet-counting'), framed('lf'), framed('nul'), framed('none')],
      [
        [['6 <14>é4 <14>'], [2]],
        [['<14>é\n<14>\n'], [2]],
        [['<14>é\0<14>\0'], [2]],
        [['<14>é\0<14>\0'], [2]],
      ],
    )
  })

  it('puts each message into a part of its own for datagrams', () => {
    const { texts, counts } = encode({}, [line('a'), line('b')], messageOnly)
    assert.deepEqual(
      [texts, counts],
      [
        ['<14>a', '<14>b'],
        [1, 1],
      ],
    )
  })
})

describe('control characters', () => {
  const text = 'a\n\t\0\x1b\x7fé\u2028#012'
  const written = (settings: { framing?: Framing; escape?: Escape; protocol?: Protocol }): string =>
    messageOf({ protocol: 'local', ...settings }, line(text), messageOnly).replace(/^.*?a/s, 'a')

  it('are written as rsyslog does, or as JSON does', () => {
    assert.deepEqual(
      [written({}), written({ escape: 'backslash' })],
      ['a#012#011#000#033#177é\u2028#012', 'a\\n\\t\\u0000\\u001b\\u007fé\u2028#012'],
    )
  })

  it('stay as they are with minimal, but for the one that ends a frame', () => {
    const minimal = (framing: Framing): string => written({ framing, escape: 'minimal' })
    assert.deepEqual(
      [minimal('none'), minimal('octet-counting').replace(/^\d+ /, ''), minimal('lf'), minimal('nul')],
      [text, text, `${text.replace('\n', '#012')}\n`, `${text.replace('\0', '#000')}\0`],
    )
  })

  it("stay as they are with 'python', as CPython sends them, as far as its framing lets them", () => {
    const python = (framing: Framing): string => written({ framing, protocol: 'python' })
    assert.deepEqual([python('none'), python('lf')], [text, `${text.replace('\n', '#012')}\n`])
  })

  it('do not get through in ident', () => {
    assert.equal(messageOf({ framing: 'lf', ident: 'a\n<0>' }, line('x'), messageOnly), '<14>a#012<0>x\n')
  })
})

describe('a message that is too large', () => {
  const sized = (oversize: 'truncate' | 'split' | 'drop', maxMessageBytes: number, text: string): unknown => {
    const { texts, counts, dropped } = encode({ oversize, maxMessageBytes }, [line('ok'), line(text)], messageOnly)
    return [texts, counts, dropped]
  }

  it('is not one that just fits', () => {
    assert.deepEqual(sized('drop', 9, 'aéé'), [['<14>ok', '<14>aéé'], [1, 1], {}])
  })

  it('is cut where a character ends', () => {
    assert.deepEqual(
      [sized('truncate', 8, 'aéé'), sized('truncate', 9, 'aa😀b')],
      [
        [['<14>ok', '<14>aé'], [1, 1], {}],
        [['<14>ok', '<14>aa'], [1, 1], {}],
      ],
    )
  })

  it('is sent in pieces, each with the header, of which the last one counts', () => {
    assert.deepEqual(sized('split', 8, 'aé😀bcdef'), [
      ['<14>ok', '<14>aé', '<14>😀', '<14>bcde', '<14>f'],
      [1, 0, 0, 0, 1],
      {},
    ])
  })

  it('is dropped and counted', () => {
    assert.deepEqual(sized('drop', 8, 'aaaaa'), [['<14>ok'], [1], { oversize: 1 }])
    const { lastError } = encode({ oversize: 'drop', maxMessageBytes: 8 }, [line('aaaaa')], messageOnly)
    assert.equal(lastError, 'a message of 9 bytes is dropped: maxMessageBytes is 8')
  })

  it('is dropped whatever the policy when there is no room for text', () => {
    assert.deepEqual(
      [sized('truncate', 3, 'aaaaa'), sized('split', 7, 'aaaaa')],
      [
        [[], [], { oversize: 2 }],
        [['<14>ok'], [1], { oversize: 1 }],
      ],
    )
  })

  it('has its NUL and its frame on each piece', () => {
    const { texts, counts } = encode(
      { ...stream, oversize: 'split', maxMessageBytes: 9, appendNul: true },
      [line('abcdef')],
      messageOnly,
    )
    const octets = encode(
      { ...stream, framing: 'octet-counting', oversize: 'split', maxMessageBytes: 8 },
      [line('abcdef')],
      messageOnly,
    )
    assert.deepEqual([texts, counts, octets.texts], [['<14>abcd\0<14>ef\0'], [1], ['8 <14>abcd6 <14>ef']])
  })

  it('stays JSON when it is truncated and shorter strings are enough', () => {
    const given = JSON.stringify({ level: 30, time: 1, a: 'x'.repeat(30), n: 12, msg: 'é"\n'.repeat(100) })
    const { texts } = encode({ maxMessageBytes: 104 }, [given])
    const [message = ''] = texts
    assert.deepEqual(
      [Buffer.byteLength(message) <= 104, JSON.parse(message.slice(4))],
      [true, { level: 30, time: 1, a: 'x'.repeat(30), n: 12, msg: 'é"\né', truncated: true }],
    )
  })

  it('is plain text when shorter strings are not enough', () => {
    const numbers = JSON.stringify({ level: 30, time: 1, list: Array.from({ length: 50 }, (_, n) => n), msg: 'x' })
    assert.equal(messageOf({ maxMessageBytes: 34 }, numbers), `<14>${numbers.slice(0, 30)}`)
  })
})

describe('excText: false', () => {
  it('keeps the exception from the formatter', () => {
    const record = line('boom', { err: { type: 'Error', stack: 'Error: x\n    at y' } }).trimEnd()
    const { errorKey = 'err' } = withoutExceptions(commonSettings())
    const format = new Formatter({ fmt: '%(message)s' })
    assert.deepEqual(
      [new LogRecord(record), new LogRecord(record, { ...PINO_SHAPE, errorKey })].map((each) => format.format(each)),
      ['boom\nError: x\n    at y', 'boom'],
    )
  })
})
