// Whatever is logged, a receiver that keeps to RFC 6587 and RFC 5424 finds one message for each record.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Framing, Protocol } from '@pino-handlers/syslog/wire'
import fc from 'fast-check'
import { encode, messageOnly } from './encode.js'

const tricky = fc.constantFrom(
  '\n',
  '\0',
  '\r\n',
  '<13>',
  '<0>1 - - - - - - forged',
  '12 <13>1 ',
  ']',
  '"',
  '\\',
  '[a b="c"]',
  '\ud83d',
  '\ude00',
  '\ufeff',
  '#012',
  '\x7f',
  ' ',
)
const text = fc
  .array(fc.oneof(tricky, fc.string({ unit: 'binary', maxLength: 8 }), fc.string({ maxLength: 8 })), { maxLength: 6 })
  .map((parts) => parts.join(''))
const word = fc.oneof(text, fc.integer(), fc.constant(undefined))
const record = fc.record({
  level: fc.constantFrom(10, 20, 30, 40, 50, 60),
  time: fc.integer({ min: 0, max: 253402300799999 }),
  pid: word,
  hostname: word,
  name: word,
  id: word,
  'odd ]="name': word,
  msg: text,
})

const MESSAGE =
  /^<(0|[1-9]\d{0,2})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z|-) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) (-|\[[^\s=\]"]{1,32}(?: [^\s=\]"]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*\])(?: (.*))?$/su

/** The messages of a stream, found as RFC 6587 says; throws when bytes are left over. */
function split(stream: Buffer, framing: Framing): string[] {
  const messages: string[] = []
  for (let at = 0; at < stream.length; ) {
    const [counted = '', digits = ''] =
      framing === 'octet-counting' ? (/^([1-9]\d*) /.exec(stream.toString('latin1', at, at + 12)) ?? []) : []
    const start = at + counted.length
    const end =
      framing === 'octet-counting'
        ? start + Number(digits || Number.NaN)
        : stream.indexOf(framing === 'lf' ? 10 : 0, at)
    assert.ok(end >= start && end <= stream.length, `no frame at ${at} of ${stream}`)
    messages.push(stream.toString('utf8', start, end))
    at = framing === 'octet-counting' ? end : end + 1
  }
  return messages
}

function unescaped(escaped: string): string {
  return escaped.toWellFormed().replace(/#([01]\d\d)/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)))
}

const SEVERITY: Readonly<Record<number, number>> = { 10: 7, 20: 7, 30: 6, 40: 4, 50: 3, 60: 2 }

describe('frames', () => {
  it('hold one message of RFC 5424 for each record, with its text', () => {
    const framing = fc.constantFrom<Framing>('octet-counting', 'lf', 'nul')
    const styles = fc.constantFrom('octal' as const, 'minimal' as const)
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 5 }),
        framing,
        styles,
        text,
        fc.boolean(),
        (records, framing, style, ident, bom) => {
          const structuredData = { id: 'app@32473', fields: ['id', 'odd ]="name', 'name'] }
          const settings = {
            protocol: 'rfc5424',
            separate: false,
            framing,
            escape: style,
            ident,
            bom,
            structuredData,
            msgId: 'id',
          } as const
          const { bytes } = encode(
            settings,
            records.map((each) => JSON.stringify(each)),
            messageOnly,
          )
          const found = split(Buffer.concat(bytes), framing).map((message) => {
            const [, pri, , , , , , , msg = ''] = MESSAGE.exec(message) ?? assert.fail(`not of RFC 5424: ${message}`)
            return [Number(pri), unescaped(bom ? msg.slice(1) : msg)]
          })
          assert.deepEqual(
            found,
            records.map(({ level, msg }) => [8 + (SEVERITY[level] ?? 0), unescaped(msg)]),
          )
        },
      ),
    )
  })

  it('are as many as the records with every protocol', () => {
    const protocol = fc.constantFrom<Protocol>('python', 'rfc3164', 'local')
    // The half of a character at its end would make a whole one with the half at the start of a message.
    const ident = text.map((each) => each.toWellFormed())
    const framing = fc.constantFrom<Framing>('octet-counting', 'lf', 'nul')
    fc.assert(
      fc.property(fc.array(record, { maxLength: 5 }), protocol, framing, ident, (records, protocol, framing, ident) => {
        const settings = { protocol, separate: false, framing, ident, appendNul: true }
        const { bytes } = encode(
          settings,
          records.map((each) => JSON.stringify(each)),
          messageOnly,
        )
        const found = split(Buffer.concat(bytes), framing)
        assert.deepEqual(
          found.map((message) => message.slice(0, message.indexOf('>') + 1)),
          records.map(({ level }) => `<${8 + (SEVERITY[level] ?? 0)}>`),
        )
        for (const [index, message] of found.entries())
          assert.ok(unescaped(message).endsWith(unescaped(records[index]?.msg ?? '')))
      }),
    )
  })

  it('keep to the limit, and pieces make up the whole text', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 8, max: 60 }), (msg, maxMessageBytes) => {
        const settings = { escape: 'minimal', maxMessageBytes } as const
        const line = JSON.stringify({ level: 30, msg })
        const split = encode({ ...settings, oversize: 'split' }, [line], messageOnly)
        const cut = encode({ ...settings, oversize: 'truncate' }, [line], ({ message }) => `-${message}`)
        assert.ok([...split.bytes, ...cut.bytes].every(({ length }) => length <= maxMessageBytes))
        assert.equal(split.texts.map((piece) => piece.replace('<14>', '')).join(''), msg.toWellFormed())
        assert.equal(
          split.counts.reduce((sum, count) => sum + count, 0),
          1,
        )
        assert.ok(`<14>-${msg.toWellFormed()}`.startsWith(cut.texts.join('')))
      }),
    )
  })
})
