// Several sessions at a time: what they share, and what becomes of mails when one of them fails.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import smtp, { type SmtpOptions } from '@pino-handlers/smtp'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { MailServer } from '../../../test/support/mail-server.js'
import { until } from '../../../test/support/until.js'
import { ended } from './ended.js'

const BASE = { fromaddr: 'app@example.com', toaddrs: 'ann@example.com', subject: 'Log', onError: 'ignore' } as const
const RETRY = { retryStart: 0.01, retryMax: 0.05 }

function line(msg: string): string {
  return `${JSON.stringify({ level: 50, time: 1_508_025_600_123, msg })}\n`
}

/** A mail that a server has in its hands and has not answered yet. */
interface Held {
  readonly text: string
  answer(error?: Error): void
}

// smtp-server, which calls `decide` each time that it has one more mail in its hands.
async function holdingServer(t: TestContext, decide: (held: Held[]) => void): Promise<SmtpOptions['mailhost']> {
  const held: Held[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, _, answer) {
      simpleParser(stream).then(({ text = '' }) => {
        held.push({ text: text.trim(), answer: (error) => answer(error) })
        decide(held)
      }, answer)
    },
  })
  server.on('error', () => {})
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  const { port } = server.server.address() as AddressInfo
  return ['127.0.0.1', port]
}

describe('smtp with several sessions', () => {
  it('has as many mails on their way as it has sessions, and no more', async (t) => {
    const taken: string[] = []
    const together: number[] = []
    const mailhost = await holdingServer(t, (held) => {
      if (held.length < Math.min(3, 7 - taken.length)) return
      together.push(held.length)
      for (const { text, answer } of held.splice(0)) {
        taken.push(text)
        answer()
      }
    })
    const handler = smtp({ ...BASE, mailhost, maxConnections: 3 })

    handler.write(['1', '2', '3', '4', '5', '6', '7'].map(line).join(''))
    const books = await ended(handler)

    assert.deepEqual(
      [books, taken.sort(), together],
      [{ delivered: 7, dropped: {} }, ['1', '2', '3', '4', '5', '6', '7'], [3, 3, 1]],
    )
  })

  it('sends no mail twice that was taken while one before it was not', async (t) => {
    const taken: string[] = []
    let refusals = 1
    const mailhost = await holdingServer(t, (held) => {
      if (refusals > 0 && held.length < 3) return
      for (const { text, answer } of held.splice(0)) {
        if (text === '1' && refusals-- > 0) answer(Object.assign(new Error('later'), { responseCode: 451 }))
        else {
          taken.push(text)
          answer()
        }
      }
    })
    const handler = smtp({ ...BASE, ...RETRY, mailhost, maxConnections: 3 })

    handler.write(['1', '2', '3', '4', '5'].map(line).join(''))
    await until(() => taken.length >= 5)

    assert.deepEqual([await ended(handler), taken.sort()], [{ delivered: 5, dropped: {} }, ['1', '2', '3', '4', '5']])
  })

  it('counts a mail as delivered that was taken while one before it is on its way for ever', async (t) => {
    const seen: string[] = []
    const mailhost = await holdingServer(t, (held) => {
      const [{ text, answer } = { text: '', answer() {} }] = held.splice(0)
      seen.push(text)
      if (text === '2') answer()
    })
    const handler = smtp({ ...BASE, mailhost, maxConnections: 2, closeTimeout: 0.1 })

    handler.write(line('1') + line('2') + line('3'))
    // It comes when the answer to the second is known.
    await until(() => seen.includes('3'))

    assert.deepEqual(await ended(handler), { delivered: 1, dropped: { closed: 2 } })
  })

  it('makes do with the sessions that the server takes', async (t) => {
    let sessions = 0
    const server = await MailServer.start(t, {
      answer: (command) => (command === 'connect' && sessions++ > 0 ? '421 too many of you' : undefined),
    })
    const handler = smtp({ ...BASE, ...RETRY, mailhost: server.mailhost })
    const failures: unknown[] = []
    handler.on('failure', (failure) => failures.push(failure))

    handler.write(['1', '2', '3', '4', '5', '6'].map(line).join(''))

    assert.deepEqual([await ended(handler), server.mails.length, failures], [{ delivered: 6, dropped: {} }, 6, []])
  })

  it('asks with one mail after a failure until the server takes it', async (t) => {
    let isWell = false
    const server = await MailServer.start(t, {
      answer: (command) => (command === '.' && !isWell ? '451 later' : undefined),
    })
    const handler = smtp({ ...BASE, ...RETRY, mailhost: server.mailhost })

    handler.write(['1', '2', '3', '4', '5', '6'].map(line).join(''))
    await once(handler, 'failure')
    const before = server.sessions.length
    await until(() => server.sessions.length >= before + 3)
    const asked = new Set(server.sessions.slice(before).flatMap(({ messages }) => messages))
    isWell = true
    await until(() => server.mails.length === 6)

    assert.deepEqual(
      [asked.size, await ended(handler), new Set(server.mails.map(({ message }) => message)).size],
      [1, { delivered: 6, dropped: {} }, 6],
    )
  })
})
