// Whatever is logged, a receiver of real sockets finds one message for each record.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import syslog, { type Framing, type SyslogOptions } from '@pino-handlers/syslog'
import fc from 'fast-check'
import { line } from '../../../test/support/lines.js'
import { ended, StreamReceiver, UdpReceiver } from './receivers.js'

const tricky = fc.constantFrom('\n', '\0', '\r\n', '<0>1 - - - - - - forged', '12 <13>1 ', '\ud83d', '😀', '#012', ' ')
const text = fc
  .array(fc.oneof(tricky, fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 6 })
  .map((parts) => parts.join(''))
// The last one shows that nothing comes after the others.
const texts = fc.array(text, { maxLength: 40 }).map((some) => [...some, 'last'])

const fields = { time: 1508025600123, name: 'app' }
const HEAD = '<14>1 2017-10-15T00:00:00.123Z host app 4242 - - '
const rfc5424 = { protocol: 'rfc5424', formatter: { fmt: '%(message)s' } } as const satisfies SyslogOptions

async function send(options: SyslogOptions, messages: readonly string[]): Promise<void> {
  const handler = syslog({ ...rfc5424, ...options })
  for (const message of messages) handler.write(line(message, fields))
  await ended(handler)
}

/** The messages of a stream. */
function split(stream: string, framing: Framing): string[] {
  if (framing !== 'octet-counting') return stream.split(framing === 'lf' ? '\n' : '\0').slice(0, -1)
  const bytes = Buffer.from(stream)
  const messages: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const [count = '', digits] = /^(\d+) /.exec(bytes.toString('latin1', at, at + 12)) ?? assert.fail(`at ${at}`)
    const start = at + count.length
    at = start + Number(digits)
    messages.push(bytes.toString('utf8', start, at))
  }
  return messages
}

function expected(messages: readonly string[]): string[] {
  const octal = (char: string): string => `#${char.charCodeAt(0).toString(8).padStart(3, '0')}`
  return messages.map((message) => HEAD + message.toWellFormed().replaceAll(/[\0-\x1f\x7f]/g, octal))
}

describe('random messages', () => {
  it('arrive one by one over TCP, with each framing', async (t) => {
    const framings = fc.constantFrom<Framing>('octet-counting', 'lf', 'nul')
    await fc.assert(
      fc.asyncProperty(texts, framings, async (messages, framing) => {
        const receiver = await StreamReceiver.start(t)
        await send({ address: receiver.address, socktype: 'tcp', framing }, messages)
        const end = { 'octet-counting': 'last', lf: 'last\n', nul: 'last\0', none: '' }[framing]
        assert.deepEqual(split(await receiver.received(end), framing), expected(messages))
        await receiver.stop()
      }),
      { numRuns: 100 },
    )
  })

  it('arrive one by one over UDP', async (t) => {
    await fc.assert(
      fc.asyncProperty(texts, async (messages) => {
        const receiver = await UdpReceiver.start(t)
        await send({ address: receiver.address }, messages)
        assert.deepEqual(await receiver.received(messages.length), expected(messages))
        receiver.stop()
      }),
      { numRuns: 100 },
    )
  })
})
