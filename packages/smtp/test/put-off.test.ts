// Recipients for whom the server takes a mail only later, and what waits for a digest when somebody flushes.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Handler } from '@pino-handlers/core'
import smtp, { type SmtpOptions } from '@pino-handlers/smtp'
import { MailPlan } from '@pino-handlers/smtp/plan'
import { MailServer } from '../../../test/support/mail-server.js'
import { until } from '../../../test/support/until.js'
import { ended } from './ended.js'

const HOUR = 3_600_000

function handlerTo(server: MailServer, options: Partial<SmtpOptions> = {}): Handler {
  return smtp({
    mailhost: server.mailhost,
    fromaddr: 'app@example.com',
    toaddrs: ['ann@example.com', 'bob@example.com'],
    subject: 'Log',
    onError: 'ignore',
    retryStart: 0.01,
    ...options,
  })
}

function line(msg: string, level = 50): string {
  return `${JSON.stringify({ level, time: 1_508_025_600_123, msg })}\n`
}

function flushed(handler: Handler): Promise<string | undefined> {
  return new Promise((resolve) => handler.flush((error) => resolve(error?.message)))
}

describe('smtp', () => {
  it('sends a mail again only to those for whom the server did not take it', async (t) => {
    let refusals = 2
    const server = await MailServer.start(t, {
      answer: (command) => (command.startsWith('RCPT TO:<bob') && refusals-- > 0 ? '450 later' : undefined),
    })
    const handler = handlerTo(server)

    handler.write(line('one'))
    await until(() => server.mails.length === 2)

    assert.deepEqual(
      [
        await ended(handler),
        server.mails.map(({ to }) => to),
        new Set(server.mails.map(({ message }) => message)).size,
        handler.stats.lastError?.replace(/:\d+:/, ':'),
      ],
      [
        { delivered: 1, dropped: {} },
        [['ann@example.com'], ['bob@example.com']],
        1,
        'sending to smtp://127.0.0.1: Recipient command failed: 450 later',
      ],
    )
  })

  it('lets nobody wait for a recipient who can take nothing now', async (t) => {
    const server = await MailServer.start(t, {
      answer: (command) => (command.startsWith('RCPT TO:<ann') ? '452 mailbox full' : undefined),
    })
    const handler = handlerTo(server, { toaddrs: 'ann@example.com', recipients: { fatal: 'oncall@example.com' } })

    handler.write(line('one') + line('two', 60) + line('three', 60))
    await until(() => server.mails.length === 2)

    assert.deepEqual(
      [await ended(handler), server.mails.map(({ to }) => to[0])],
      [{ delivered: 2, dropped: { closed: 1 } }, ['oncall@example.com', 'oncall@example.com']],
    )
  })

  it('delivers a mail that no recipient could have at first, and flush tells that it waits', async (t) => {
    let isFull = true
    const server = await MailServer.start(t, {
      answer: (command) => (command.startsWith('RCPT') && isFull ? '452 mailbox full' : undefined),
    })
    const handler = handlerTo(server)

    handler.write(line('one'))
    const told = await flushed(handler)
    isFull = false
    await until(() => server.mails.length === 1)

    assert.deepEqual(
      [told, await ended(handler), server.mails.map(({ to }) => to)],
      ['1 record waits for a mail', { delivered: 1, dropped: {} }, [['ann@example.com', 'bob@example.com']]],
    )
  })

  it('sends what waits for a digest at flush, as far as the cap allows', async (t) => {
    const server = await MailServer.start(t)
    const handler = handlerTo(server, { digest: 3600, maxMailsPerHour: 2, maxConnections: 1, subject: '%(message)s' })

    handler.write(line('one') + line('two') + line('three'))
    const first = await flushed(handler)
    handler.write(line('four'))
    const second = await flushed(handler)
    const subjects = (): readonly (string | undefined)[] =>
      server.mails.map(({ message }) => /^Subject: (.*)\r\n/m.exec(message)?.[1])
    const before = subjects()

    assert.deepEqual(
      [first, second, before, await ended(handler), subjects()[2]],
      [
        undefined,
        '1 record waits for a mail',
        ['one', '[2 records] two'],
        { delivered: 4, dropped: {} },
        '[1 record] four',
      ],
    )
  })
})

describe('MailPlan', () => {
  it('counts a mail that is held until an hour after it went', () => {
    const plan = new MailPlan({ maxMailsPerHour: 2, digest: 0, dedupe: 0 })
    const record = { route: 'all', fingerprint: 'a' }
    const admitted = [plan.admit(record, 0), plan.admit(record, 0), plan.admit(record, 1)]
    plan.hold(2)
    const held = [plan.due(2 * HOUR), plan.nextAt(2 * HOUR)]
    plan.went(2 * HOUR)
    plan.went(2 * HOUR + 1)

    assert.deepEqual(
      [admitted, held, plan.nextAt(2 * HOUR + 1), plan.due(3 * HOUR - 1), plan.due(3 * HOUR)],
      [[true, true, false], [[], Number.POSITIVE_INFINITY], 3 * HOUR, [], ['all']],
    )
  })
})
