// Real daemons: each record is one message there, with its fields.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import syslog, { type SyslogOptions } from '@pino-handlers/syslog'
import { certificates } from '../../../test/support/certificates.js'
import { line } from '../../../test/support/lines.js'
import { startRsyslog } from '../../../test/support/rsyslog.js'
import { startSyslogNg } from '../../../test/support/syslog-ng.js'
import type { SyslogInput, SyslogInputs, SyslogMessage, SyslogServer } from '../../../test/support/syslog-server.js'
import { ended } from './receivers.js'

// The marker goes the same way as the others: a message too many before it would be seen.
const TEXTS = [
  'plain',
  'two\nlines\r\n<0>and a forged one',
  'x'.repeat(20_000),
  'grüße 😀 \u2028',
  'a\tb\0c\x1b[0m\x7f',
  '',
  '{"json":"]\\""}',
  'marker',
]

/** What is compared of a message. */
interface Fields extends Pick<SyslogMessage, 'facility' | 'severity' | 'app' | 'procid' | 'msgid' | 'data' | 'msg'> {
  /** In milliseconds since the epoch. */
  readonly at: number
  readonly hostname: string
}

// RFC 3164 has local time in whole seconds without the year; the daemons run in UTC.
process.env.TZ = 'UTC'
const AT = Math.floor(Date.now() / 1000) * 1000

function waysTo(inputs: SyslogInputs, ca: string): Record<SyslogInput, SyslogOptions> {
  const { udp, tcpLf, tcpOctet, tlsOctet, unixDatagram, devLog, unixStream } = inputs
  const at = (port: number): [string, number] => ['127.0.0.1', port]
  return {
    udp: { address: at(udp) },
    tcpLf: { address: at(tcpLf), socktype: 'tcp', framing: 'lf' },
    tcpOctet: { address: at(tcpOctet), socktype: 'tcp', framing: 'octet-counting' },
    tlsOctet: { address: at(tlsOctet), socktype: 'tls', tls: { ca } },
    unixDatagram: { address: unixDatagram },
    devLog: { address: devLog },
    unixStream: { address: unixStream, framing: 'lf' },
  }
}

function octal(text: string): string {
  return text.replaceAll(/[\0-\x1f\x7f]/g, (char) => `#${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

const NEW = {
  protocol: 'rfc5424',
  facility: 'local4',
  msgId: 'event',
  structuredData: { id: 'app@32473', fields: ['reqId'] },
} as const satisfies SyslogOptions

// What a message of RFC 5424 says, on both daemons.
const newFields = (msg: string): Fields => ({
  facility: 20,
  severity: 4,
  at: AT + 123,
  hostname: 'host',
  app: 'shop',
  procid: '4242',
  msgid: 'LOGIN',
  data: '[app@32473 reqId="a\\]b"]',
  msg: octal(msg),
})

// What one of RFC 3164 says, of which the daemon keeps the space before the text.
const oldFields = (msg: string): Fields => ({
  facility: 20,
  severity: 4,
  at: AT,
  hostname: 'host',
  app: 'shop',
  procid: '4242',
  msgid: '',
  data: '',
  msg: ` ${octal(msg)}`,
})

/** Sends all texts the given ways, one after the other, and returns what came in for each. */
async function sendAll(
  server: SyslogServer,
  ways: readonly SyslogOptions[],
): Promise<readonly (readonly SyslogMessage[])[]> {
  const found: (readonly SyslogMessage[])[] = []
  for (const options of ways) {
    const before = found.flat().length
    const handler = syslog({ ...options, formatter: { fmt: '%(message)s' } })
    const fields = { level: 40, time: AT + 123, name: 'shop', event: 'LOGIN', reqId: 'a]b' }
    for (const text of TEXTS) handler.write(line(text, fields))
    await ended(handler)
    const all = await server.messages(before + TEXTS.length)
    found.push(all.slice(before))
  }
  return found
}

function fieldsOf({ input: _, raw: __, time, ...fields }: SyslogMessage): Fields {
  return { ...fields, at: Date.parse(time) }
}

for (const [name, start] of [
  ['rsyslog', startRsyslog],
  ['syslog-ng', startSyslogNg],
] as const) {
  describe(name, () => {
    it('has one message of RFC 5424 for each record, with its fields, over everything', async (t) => {
      const server = await start(t)
      const ca = certificates(t)?.ca
      if (!server || !ca) return
      const to = waysTo(server.inputs, ca)
      const inputs = ['udp', 'tcpLf', 'tcpOctet', 'tlsOctet', 'unixDatagram', 'unixStream'] as const

      const found = await sendAll(
        server,
        inputs.map((input) => ({ ...to[input], ...NEW })),
      )

      for (const [index, input] of inputs.entries())
        assert.deepEqual([input, found[index]?.map(fieldsOf)], [input, TEXTS.map(newFields)])
    })
  })
}

describe('rsyslog', () => {
  it('has one message of RFC 3164 for each record, with its fields, over everything', async (t) => {
    const server = await startRsyslog(t)
    const ca = certificates(t)?.ca
    if (!server || !ca) return
    const to = waysTo(server.inputs, ca)
    const remote = ['udp', 'tcpLf', 'tcpOctet', 'tlsOctet', 'unixStream'] as const
    const local = ['devLog', 'unixDatagram'] as const

    const found = await sendAll(server, [
      ...remote.map((input) => ({ ...to[input], protocol: 'rfc3164' as const, facility: 20 })),
      ...local.map((input) => ({ ...to[input], protocol: 'local' as const, facility: 20 })),
    ])

    for (const [index, input] of remote.entries())
      assert.deepEqual([input, found[index]?.map(fieldsOf)], [input, TEXTS.map(oldFields)])
    // Of its own machine the daemon knows host and time better than the message, and says so.
    const own = found.slice(remote.length).map((each) => each.map(({ app, procid, msg }) => [app, procid, msg]))
    const expected = TEXTS.map((text) => ['shop', '4242', ` ${octal(text)}`])
    assert.deepEqual(own, [expected, expected])
  })

  it('has one message of CPython for each record, framed on streams and as they are elsewhere', async (t) => {
    const server = await startRsyslog(t)
    const ca = certificates(t)?.ca
    if (!server || !ca) return
    const to = waysTo(server.inputs, ca)
    const inputs = ['udp', 'tcpLf', 'tcpOctet', 'tlsOctet', 'unixDatagram', 'devLog', 'unixStream'] as const

    const found = await sendAll(
      server,
      inputs.map((input) => ({ ...to[input], appendNul: false })),
    )

    // What is not escaped here is by the daemon, but for DEL.
    const expected = TEXTS.map((text) => `<12>${octal(text).replace('#177', '\x7f')}`)
    for (const [index, input] of inputs.entries())
      assert.deepEqual([input, found[index]?.map(({ raw }) => raw)], [input, expected])
  })
})
