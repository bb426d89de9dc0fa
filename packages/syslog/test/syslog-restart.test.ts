// Real daemons that go and come back.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Handler } from '@pino-handlers/core'
import syslog, { type SyslogOptions } from '@pino-handlers/syslog'
import { assertBalanced } from '../../../test/support/books.js'
import { certificates } from '../../../test/support/certificates.js'
import { line } from '../../../test/support/lines.js'
import { startRsyslog } from '../../../test/support/rsyslog.js'
import type { SyslogInput, SyslogInputs, SyslogMessage, SyslogServer } from '../../../test/support/syslog-server.js'
import { ended } from './receivers.js'

const RESTARTS = 10
const LAST = 'last'

const common = {
  protocol: 'rfc5424',
  formatter: { fmt: '%(message)s' },
  onError: 'ignore',
  retryStart: 0.02,
  retryMax: 0.1,
  closeTimeout: 9,
} as const satisfies SyslogOptions

type Stable = 'tcpLf' | 'tcpOctet' | 'tlsOctet' | 'unixDatagram' | 'unixStream'

function optionsOf(
  { tcpLf, tcpOctet, tlsOctet, unixDatagram, unixStream }: SyslogInputs,
  ca: string,
): Record<Stable, SyslogOptions> {
  const at = (port: number): [string, number] => ['127.0.0.1', port]
  return {
    tcpLf: { address: at(tcpLf), socktype: 'tcp', framing: 'lf' },
    tcpOctet: { address: at(tcpOctet), socktype: 'tcp' },
    tlsOctet: { address: at(tlsOctet), socktype: 'tls', tls: { ca } },
    unixDatagram: { address: unixDatagram },
    unixStream: { address: unixStream },
  }
}

/** Logs numbers to all handlers, a few each time, until `over`; returns how many each has got. */
async function load(handlers: readonly Handler[], over: AbortSignal): Promise<number> {
  let count = 0
  while (!over.aborted) {
    for (const handler of handlers) for (let next = 0; next < 3; next++) handler.write(line(String(count + next)))
    count += 3
    await sleep(5)
  }
  return count
}

/** All messages, once the last one of each input is there. */
async function allOf(server: SyslogServer, inputs: readonly SyslogInput[]): Promise<readonly SyslogMessage[]> {
  for (let count = 0; ; ) {
    const messages = await server.messages(count)
    if (inputs.every((input) => messages.some((each) => each.input === input && each.msg.trim() === LAST)))
      return messages
    count = messages.length + 1
  }
}

/** How many times there are numbers missing, one or several in a row. */
function gaps(seen: ReadonlySet<number>, count: number): number {
  const missing = Array.from({ length: count }, (_, number) => number).filter((number) => !seen.has(number))
  return missing.filter((number) => number === 0 || seen.has(number - 1)).length
}

describe('syslog with a daemon that is restarted under load', () => {
  it('loses nothing but what the daemon had and did not write, and never sends half a message', async (t) => {
    const server = await startRsyslog(t)
    const ca = certificates(t)?.ca
    if (!server || !ca) return
    const ways = Object.entries(optionsOf(server.inputs, ca))
    const handlers = ways.map(([, options]) => syslog({ ...common, ...options }))
    const over = new AbortController()
    t.after(() => over.abort())

    const loading = load(handlers, over.signal)
    for (let restart = 0; restart < RESTARTS; restart++) {
      await server.messages((await server.messages(0)).length + 1)
      await server.restart(restart === 0 ? 'SIGTERM' : 'SIGKILL')
    }
    over.abort()
    const count = await loading
    for (const handler of handlers) handler.write(line(LAST))
    for (const handler of handlers) await ended(handler)

    const inputs = ways.map(([input]) => input as Stable)
    const messages = await allOf(server, inputs)
    for (const [index, input] of inputs.entries()) {
      const own = messages.filter((each) => each.input === input)
      const wrong = own.filter(({ msg, app, procid }) => !/^\d+$|^last$/.test(msg) || app !== '' || procid !== '4242')
      const lost = gaps(new Set(own.map(({ msg }) => Number(msg))), count)
      const stats = handlers[index]?.stats
      assert.ok(stats)
      assertBalanced(stats)
      t.diagnostic(`${input}: ${count} records, ${own.length} messages, ${lost} gaps, ${stats.retries} retries`)
      assert.deepEqual([input, stats.delivered, stats.dropped, wrong], [input, count + 1, {}, []])
      assert.ok(lost <= RESTARTS, `${input}: ${lost} gaps`)
    }
  })

  it('loses nothing of what is logged while there is no daemon', async (t) => {
    const server = await startRsyslog(t)
    const ca = certificates(t)?.ca
    if (!server || !ca) return
    const ways = Object.entries({ ...optionsOf(server.inputs, ca), devLog: { address: server.inputs.devLog } })
    await server.stop()
    const handlers = ways.map(([, options]) => syslog({ ...common, protocol: 'local', ...options }))

    const failed = Promise.all(handlers.map((handler) => once(handler, 'failure')))
    for (let number = 0; number < 100; number++) for (const handler of handlers) handler.write(line(String(number)))
    await failed
    await server.start()
    for (const handler of handlers) handler.write(line(LAST))
    for (const handler of handlers) await ended(handler)

    const inputs = ways.map(([input]) => input as SyslogInput)
    const messages = await allOf(server, inputs)
    const expected = [...Array.from({ length: 100 }, (_, number) => String(number)), LAST]
    for (const input of inputs) {
      const own = messages.flatMap((each) => (each.input === input ? [each.msg.trim()] : []))
      assert.deepEqual([input, own], [input, expected])
    }
  })
})
