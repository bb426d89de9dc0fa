// The syslog daemons that other tests talk to hear what is sent to them, here by as little code as there can be.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { type ConnectionOptions, connect as connectTls, createServer, type TlsOptions } from 'node:tls'
import { certificates } from './support/certificates.js'
import { startRsyslog } from './support/rsyslog.js'
import { run } from './support/run-node.js'
import { startSyslogNg } from './support/syslog-ng.js'
import type { SyslogInput, SyslogInputs, SyslogMessage } from './support/syslog-server.js'

const NEW = '<165>1 2003-10-11T22:14:15.123456Z host app 123 ID47 [test@32473 a="b"]'
const OLD = '<13>Oct 11 22:14:15 old[7]: from /dev/log'

const octets = (message: string): string => `${Buffer.byteLength(message)} ${message}`

for (const [name, start] of [
  ['rsyslog', startRsyslog],
  ['syslog-ng', startSyslogNg],
] as const) {
  describe(name, () => {
    it('hears a message from each input, with its fields', async (t) => {
      const server = await start(t)
      if (!server) return

      await sendToAll(t, server.inputs)

      const received = await server.messages(7)
      const expected = (['udp', 'tcpLf', 'tcpOctet', 'tlsOctet', 'unixDatagram', 'unixStream'] as const).map(
        (input) => ({
          input,
          facility: 20,
          severity: 5,
          time: '2003-10-11T22:14:15.123456Z',
          hostname: 'host',
          app: 'app',
          procid: '123',
          msgid: 'ID47',
          data: '[test@32473 a="b"]',
          msg: `grüße from ${input}`,
          raw: `${NEW} grüße from ${input}`,
        }),
      )
      const old = received.find(({ input }) => input === 'devLog')
      assert.deepEqual(sorted(received), sorted([...expected, { ...old, app: 'old', procid: '7', raw: OLD }]))
    })

    it('hears on the same inputs after it was ended and after it was killed', async (t) => {
      const server = await start(t)
      if (!server) return
      const { tcpLf } = server.inputs

      await send(connect(tcpLf, '127.0.0.1'), `${NEW} one\n`)
      await server.messages(1)
      await server.restart()
      await send(connect(tcpLf, '127.0.0.1'), `${NEW} two\n`)
      await server.messages(2)
      await server.restart('SIGKILL')
      await send(connect(tcpLf, '127.0.0.1'), `${NEW} three\n`)

      assert.deepEqual(
        (await server.messages(3)).map(({ msg }) => msg),
        ['one', 'two', 'three'],
      )
    })
  })
}

describe('certificates', () => {
  it('are good for their names and their time, and for nothing else', async (t) => {
    const made = certificates(t)
    if (!made) return
    const { ca, server, client, otherName, expired } = made

    const seen = await Promise.all([
      tlsOutcome(t, { ...server, ca }, { ...client, ca }),
      tlsOutcome(t, { ...server, ca }, { ca }),
      tlsOutcome(t, { ...server, ca }, client),
      tlsOutcome(t, { ...otherName, ca }, { ...client, ca }),
      tlsOutcome(t, { ...expired, ca }, { ...client, ca }),
    ])

    assert.deepEqual(seen, [
      'known client',
      'unknown client',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'CERT_HAS_EXPIRED',
    ])
  })
})

async function sendToAll(t: TestContext, inputs: SyslogInputs): Promise<void> {
  const { udp, tcpLf, tcpOctet, tlsOctet, unixDatagram, devLog, unixStream } = inputs
  const message = (input: SyslogInput): string => `${NEW} grüße from ${input}`
  const at = (port: number): NetConnectOpts => ({ port, host: '127.0.0.1' })

  const socket = createSocket('udp4')
  socket.send(message('udp'), udp, '127.0.0.1', () => socket.close())
  await send(connect(at(tcpLf)), `${message('tcpLf')}\n`)
  await send(connect(at(tcpOctet)), octets(message('tcpOctet')))
  const ca = certificates(t)?.ca
  await send(connectTls({ ...at(tlsOctet), ...(ca && { ca }) }), octets(message('tlsOctet')))
  await send(connect({ path: unixStream }), `${message('unixStream')}\n`)
  // Node has no Unix datagrams.
  const script =
    'import socket, sys; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(sys.argv[2].encode(), sys.argv[1])'
  const runs = [
    await run('python3', ['-c', script, unixDatagram, message('unixDatagram')]),
    await run('python3', ['-c', script, devLog, OLD]),
  ]
  assert.deepEqual(
    runs.map(({ code, stderr }) => [code, stderr]),
    runs.map(() => [0, '']),
  )
}

async function send(socket: Socket, text: string): Promise<void> {
  socket.resume().end(text)
  await once(socket, 'close')
}

/** What the server thinks of a client that connects, or the code of the error with which the client fails. */
async function tlsOutcome(t: TestContext, server: TlsOptions, client: ConnectionOptions): Promise<unknown> {
  const options = { ...server, requestCert: true, rejectUnauthorized: false }
  const listening = createServer(options, (socket) => socket.end(socket.authorized ? 'known client' : 'unknown client'))
  t.after(() => listening.close())
  await once(listening.listen(0, '127.0.0.1'), 'listening')
  const address = listening.address()
  const port = typeof address === 'object' && address ? address.port : 0
  try {
    return await text(connectTls({ port, host: '127.0.0.1', ...client }))
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

function sorted(messages: readonly Partial<SyslogMessage>[]): Partial<SyslogMessage>[] {
  return messages.toSorted((a, b) => String(a.input).localeCompare(String(b.input)))
}
