// How long a mail that was put off waits, and what keeps a process that ends from doing so.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Handler } from '@pino-handlers/core'
import smtp, { type SmtpOptions } from '@pino-handlers/smtp'
import { assertBalanced } from '../../../test/support/books.js'
import { line } from '../../../test/support/lines.js'
import { MailServer } from '../../../test/support/mail-server.js'
import { until } from '../../../test/support/until.js'
import { ended } from './ended.js'

const error = (msg: string): string => line(msg, { level: 50 })

function handlerTo(server: MailServer, options: Partial<SmtpOptions>): Handler {
  return smtp({
    mailhost: server.mailhost,
    fromaddr: 'app@example.com',
    toaddrs: 'ann@example.com',
    subject: '%(message)s',
    onError: 'ignore',
    ...options,
  })
}

function flushed(handler: Handler): Promise<string | undefined> {
  return new Promise((resolve) => handler.flush((failure) => resolve(failure?.message)))
}

describe('smtp', () => {
  it('puts a mail off for a quarter of an hour at most, whatever retryStart is', async (t) => {
    let refusals = 1
    const server = await MailServer.start(t, {
      answer: (command) => (command.startsWith('RCPT') && refusals-- > 0 ? '450 later' : undefined),
    })
    const timers = t.mock.method(globalThis, 'setTimeout')
    const handler = handlerTo(server, { retryStart: 2000 })

    handler.write(error('one'))
    const told = await flushed(handler)
    const pauses = timers.mock.calls.map((call) => Number(call.arguments[1])).filter((pause) => pause >= 900_000)
    const books = await ended(handler)

    assertBalanced(handler.stats)
    assert.deepEqual(
      [told, pauses, books, server.mails.length],
      ['1 record waits for a mail', [900_000], { delivered: 1, dropped: {} }, 1],
    )
  })

  it('looks out for the end of the process only while something waits for a digest', async (t) => {
    const server = await MailServer.start(t)
    const handler = handlerTo(server, { digest: 3600 })
    const before = process.listenerCount('beforeExit')
    const listeners = (): number => process.listenerCount('beforeExit') - before

    handler.write(error('one'))
    await until(() => server.mails.length === 1)
    await flushed(handler)
    const counts = [listeners()]
    handler.write(error('two') + error('three'))
    counts.push(listeners())
    await flushed(handler)
    counts.push(listeners())
    const books = await ended(handler)

    assertBalanced(handler.stats)
    assert.deepEqual([counts, books, server.mails.length], [[0, 1, 0], { delivered: 3, dropped: {} }, 2])
  })
})
