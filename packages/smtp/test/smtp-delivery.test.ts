// What arrives at a mail server, and what becomes of it when the server does not take it.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import type { Handler } from '@pino-handlers/core'
import smtp, { type SmtpOptions } from '@pino-handlers/smtp'
import { MailServer } from '../../../test/support/mail-server.js'
import { freePort } from '../../../test/support/server-process.js'
import { until } from '../../../test/support/until.js'
import { ended } from './ended.js'

const BASE = {
  fromaddr: 'app@example.com',
  toaddrs: 'ann@example.com',
  subject: 'Log',
  onError: 'ignore',
  maxConnections: 1,
} as const

function handlerTo(server: MailServer, options: Partial<SmtpOptions> = {}): Handler {
  return smtp({ ...BASE, mailhost: server.mailhost, retryStart: 0.01, retryMax: 0.05, ...options })
}

function line(msg: string, more: object = {}): string {
  return `${JSON.stringify({ level: 50, time: 1_508_025_600_123, msg, ...more })}\n`
}

function bodies(server: MailServer): readonly string[] {
  return server.mails.map(({ message }) => message.slice(message.indexOf('\r\n\r\n') + 4))
}

function header(message: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)\\r\\n`, 'm').exec(message)?.[1]
}

describe('smtp', () => {
  it('has the dialogue of Python, and one session for several mails', async (t) => {
    const server = await MailServer.start(t)
    const handler = handlerTo(server, { toaddrs: ['ann@example.com', 'Bob <bob@example.com>'] })

    handler.write(line('one') + line('two'))
    await ended(handler)

    const mail = [
      'MAIL FROM:<app@example.com>',
      'RCPT TO:<ann@example.com>',
      'RCPT TO:<bob@example.com>',
      'DATA',
      '<message>',
    ]
    assert.deepEqual(
      server.sessions.map(({ heard }) => heard.slice(1)),
      [[...mail, ...mail, 'QUIT']],
    )
  })

  it("has Python's headers and text", async (t) => {
    const server = await MailServer.start(t)
    const handler = handlerTo(server)

    handler.write(
      line('one\ntwo', { err: { type: 'TypeError', message: 'no', stack: 'TypeError: no\n    at f (a.js:1:2)' } }),
    )
    await ended(handler)

    const [{ message } = { message: '' }] = server.mails
    assert.deepEqual(
      message
        .replace(/^Date: .*$/m, 'Date: -')
        .replace(/^Message-ID: .*$/m, 'Message-ID: -')
        .split('\r\n'),
      [
        'From: app@example.com',
        'To: ann@example.com',
        'Subject: Log',
        'Date: -',
        'Message-ID: -',
        'Content-Type: text/plain; charset="utf-8"',
        'Content-Transfer-Encoding: 7bit',
        'MIME-Version: 1.0',
        '',
        'one',
        'two',
        'TypeError: no',
        '    at f (a.js:1:2)',
        '',
      ],
    )
  })

  it('sends a mail again that the server does not take now, with the same Message-ID', async (t) => {
    let refusals = 3
    const server = await MailServer.start(t, {
      answer: (command) => (command === '.' && refusals-- > 0 ? '451 later' : undefined),
    })
    const handler = handlerTo(server)

    handler.write(line('one') + line('two'))
    await until(() => server.mails.length === 2)

    const ids = server.sessions.flatMap(({ messages }) => messages.map((message) => header(message, 'Message-ID')))
    const [first, ...others] = ids
    assert.deepEqual(
      [bodies(server), others.map((id) => id === first), await ended(handler)],
      [['one\r\n', 'two\r\n'], [true, true, true, false], { delivered: 2, dropped: {} }],
    )
  })

  it('counts a mail that the server refuses, and goes on', async (t) => {
    const server = await MailServer.start(t, {
      answer: (command, { heard }) => (command === 'DATA' && heard.length < 5 ? '554 no' : undefined),
    })
    const handler = handlerTo(server)

    handler.write(line('one') + line('two'))

    assert.deepEqual([await ended(handler), bodies(server)], [{ delivered: 1, dropped: { refused: 1 } }, ['two\r\n']])
  })

  it('sends a mail once when the server hangs up in the middle of it', async (t) => {
    let drops = 2
    const server = await MailServer.start(t, {
      answer: (command) => (command === 'text' && drops-- > 0 ? 'drop' : undefined),
    })
    const handler = handlerTo(server)

    handler.write(line('one'))
    await until(() => server.mails.length === 1)

    assert.deepEqual([await ended(handler), bodies(server)], [{ delivered: 1, dropped: {} }, ['one\r\n']])
  })

  it('tells of a recipient that is refused, and delivers to the others', async (t) => {
    const server = await MailServer.start(t, {
      answer: (command) => (command.includes('bad@') ? '550 no such user' : undefined),
    })
    const handler = handlerTo(server, { toaddrs: ['bad@example.com', 'ann@example.com'] })
    const failures: string[] = []
    handler.on('failure', ({ message }: { message: string }) => failures.push(message.replace(/:\d+: /, ': ')))

    handler.write(line('one'))
    const books = await ended(handler)

    assert.deepEqual(
      [books, server.mails.map(({ to }) => to), failures],
      [
        { delivered: 1, dropped: {} },
        [['ann@example.com']],
        ['sending to smtp://127.0.0.1: Recipient command failed: 550 no such user'],
      ],
    )
  })

  it('ends in time and counts what is left when the server stalls', async (t) => {
    const server = await MailServer.start(t, { answer: (command) => (command === 'DATA' ? 'stall' : undefined) })
    const handler = handlerTo(server, { closeTimeout: 0.2 })

    handler.write(line('one'))

    assert.deepEqual(await ended(handler), { delivered: 0, dropped: { closed: 1 } })
  })

  it('keeps a secret from a server without TLS, waits long, and never tells it', async (t) => {
    const server = await MailServer.start(t, { auth: 'PLAIN' })
    const handler = handlerTo(server, { credentials: ['user', 'pa55word'], secure: 'starttls' })
    const told: unknown[] = []
    for (const event of ['failure', 'state', 'stats', 'drop']) handler.on(event, (payload) => told.push(payload))

    handler.write(line('one'))
    await once(handler, 'failure')
    const { state } = handler.stats
    const books = await ended(handler)

    assert.deepEqual(
      [
        books,
        state,
        JSON.stringify(told).includes('pa55word'),
        server.sessions.flatMap(({ heard }) => heard.filter((each) => each.startsWith('AUTH'))),
      ],
      [{ delivered: 0, dropped: { closed: 1 } }, 'failed', false, []],
    )
  })

  it('counts what is over the cap in one digest at the end', async (t) => {
    const server = await MailServer.start(t)
    const handler = handlerTo(server, { maxMailsPerHour: 2, subject: '%(levelname)s %(message)s' })

    for (let n = 0; n < 100; n++) handler.write(line(`failure ${n}`))
    const books = await ended(handler)

    assert.deepEqual(
      [
        books,
        server.mails.map(({ message }) => header(message, 'Subject')),
        bodies(server)[2]?.split('\r\n').slice(0, 4),
      ],
      [
        { delivered: 100, dropped: {} },
        ['ERROR failure 0', 'ERROR failure 1', '[98 records] ERROR failure 2'],
        [
          '98 records of 1 kind, at 2017-10-15T00:00:00.123Z',
          '',
          '98 x ERROR failure 2',
          '  at 2017-10-15T00:00:00.123Z',
        ],
      ],
    )
  })

  it('sends the digest when its time has come', async (t) => {
    const server = await MailServer.start(t)
    const handler = handlerTo(server, { digest: 0.05 })

    handler.write(line('one') + line('two') + line('three'))
    await until(() => server.mails.length === 2)

    assert.deepEqual([await ended(handler), server.mails.length], [{ delivered: 3, dropped: {} }, 2])
  })

  it('tells a repeated error once, and how often it was at the end', async (t) => {
    const server = await MailServer.start(t)
    const handler = handlerTo(server, { dedupe: 60, maxMailsPerHour: 0 })

    for (let n = 0; n < 50; n++) handler.write(line(`failure ${n}`))
    handler.write(line('other'))
    const books = await ended(handler)

    assert.deepEqual(
      [books, bodies(server).map((body) => body.split('\r\n', 1)[0])],
      [{ delivered: 51, dropped: {} }, ['failure 0', 'other', '49 records of 1 kind, at 2017-10-15T00:00:00.123Z']],
    )
  })

  it('waits for a server that is away, and keeps what it does not hold for a digest', async (t) => {
    const port = await freePort()
    const handler = smtp({
      ...BASE,
      mailhost: ['127.0.0.1', port],
      retryStart: 0.01,
      retryMax: 0.05,
      maxQueueBytes: 500,
    })

    handler.write(line('one') + line('two') + line('three') + line('four'))
    await once(handler, 'failure')
    const server = await MailServer.start(t, {}, port)
    await until(() => server.mails.length === 3)

    assert.deepEqual(
      [await ended(handler), bodies(server).map((body) => body.split('\r\n', 1)[0])],
      [{ delivered: 4, dropped: {} }, ['one', 'two', '2 records of 2 kinds, at 2017-10-15T00:00:00.123Z']],
    )
  })

  it('shows the records before, and counts them as filtered', async (t) => {
    const server = await MailServer.start(t)
    const handler = handlerTo(server, { level: 'error', contextRecords: 2 })

    for (const msg of ['a', 'b', 'c']) handler.write(line(msg, { level: 20 }))
    handler.write(line('boom') + line('again'))
    const books = await ended(handler)

    assert.deepEqual(
      [books, handler.stats.filtered, bodies(server)],
      [{ delivered: 2, dropped: {} }, 3, ['boom\r\n\r\nThe 2 records before it:\r\n\r\nb\r\nc\r\n', 'again\r\n']],
    )
  })

  it('sends each level to its recipients', async (t) => {
    const server = await MailServer.start(t)
    const handler = handlerTo(server, { recipients: { fatal: ['oncall@example.com'], warn: 'ops@example.com' } })

    for (const level of [30, 40, 50, 60]) handler.write(line('x', { level }))
    await ended(handler)

    assert.deepEqual(
      server.mails.map(({ to }) => to[0]),
      ['ann@example.com', 'ops@example.com', 'ops@example.com', 'oncall@example.com'],
    )
  })

  it('lets no record write a header', async (t) => {
    const server = await MailServer.start(t)
    const handler = handlerTo(server, { subject: '%(message)s' })

    handler.write(line(`x\r\nBcc: all@example.com\0\u2028${'y'.repeat(300)}`))
    await ended(handler)

    const [{ message, to } = { message: '', to: [] }] = server.mails
    const head = message.slice(0, message.indexOf('\r\n\r\n'))
    const subject = /^Subject: (.*(?:\r\n .*)*)/m.exec(head)?.[1]?.replaceAll('\r\n', '')
    assert.deepEqual(
      [to, head.includes('\r\nBcc'), subject?.startsWith('=?UTF-8?Q?x_Bcc=3A_all')],
      [['ann@example.com'], false, true],
    )
  })
})
