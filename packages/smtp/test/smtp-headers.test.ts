// Whatever stands in a record, an address or a subject: a mail has the headers it should have, and no others.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import smtp, { type SmtpOptions } from '@pino-handlers/smtp'
import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { assertBalanced } from '../../../test/support/books.js'
import { decodedWords, headerOf, messageOf } from '../../../test/support/mail-message.js'
import { MailServer, type ReceivedMail } from '../../../test/support/mail-server.js'

const HEADERS = [
  'from',
  'to',
  'subject',
  'date',
  'message-id',
  'content-type',
  'content-transfer-encoding',
  'mime-version',
]

// Pieces that somebody who wants a header would use, and any text.
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\r\n',
        '\n',
        '\r',
        '\0',
        '\u2028',
        '\u0085',
        '\r\n\r\n',
        '\n ',
        '\r\n\t',
        ' ',
        '=?utf-8?q?=0D=0A?=',
      ),
      fc.constantFrom('Bcc: x@evil.example', 'Subject: other', '<x@evil.example>', '"', ',', ';', ':', '%s', '.\r\n'),
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.string({ unit: 'grapheme', maxLength: 150 }),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''))

describe('smtp headers', () => {
  for (const [what, options] of Object.entries({
    'a format of the subject': { subject: '%(levelname)s %(message)s' },
    'a field of the record in the subject': { subject: '%(name)s: %(message)s' },
    getSubject: { subject: 's', getSubject: ({ msg }: { msg: string }) => msg },
  })) {
    it(`are those of one mail, whatever comes in by ${what}`, async (t) => {
      const texts = fc.sample(hostile, { numRuns: 300, seed: 6 })

      const mails = await mailsOf(t, texts, options)

      const wrong = mails.filter((mail) => !isInOrder(mail))
      assert.deepEqual([mails.length, wrong], [300, []])
    })
  }

  it('read alike by a parser', async (t) => {
    const texts = fc.sample(hostile, { numRuns: 100, seed: 7 })

    const mails = await mailsOf(t, texts, { subject: '%(message)s' })

    const parsed = await Promise.all(mails.map(({ message }) => simpleParser(message)))
    assert.deepEqual(
      parsed.filter(
        ({ headerLines, to }) =>
          !isComplete(headerLines.map(({ key }) => key)) || [to].flat()[0]?.text !== 'ann@example.com',
      ),
      [],
    )
  })

  it('go to those only that the options name', async (t) => {
    const texts = fc.sample(hostile, { numRuns: 100, seed: 8 })

    const mails = await mailsOf(t, texts, { subject: '%(message)s' })

    assert.deepEqual(
      [...new Set(mails.flatMap(({ from, to }) => [from, ...to]))],
      ['app@example.com', 'ann@example.com'],
    )
  })

  it('cut a subject of records at 200 characters, none of them in half', async (t) => {
    const [mail] = await mailsOf(t, ['😀'.repeat(300)], { subject: '%(message)s' })

    assert.equal(subjectOf(mail), `${'😀'.repeat(199)}…`)
  })

  it('have the level as their subject, and say why, when getSubject returns no text', async (t) => {
    const server = await MailServer.start(t)
    const mail = { mailhost: server.mailhost, fromaddr: 'app@example.com', toaddrs: 'ann@example.com', subject: 's' }
    const handler = smtp({ ...mail, getSubject: () => JSON.parse('[1]'), onError: 'ignore' })
    handler.write('{"level":50,"msg":"x"}\n')
    handler.end()
    await once(handler, 'close')
    assertBalanced(handler.stats)

    assert.deepEqual(
      [subjectOf(server.mails[0]), handler.stats.lastError],
      ['ERROR', 'getSubject returned [ 1 ], and a subject is a text'],
    )
  })

  it('have names in any writing', async (t) => {
    const names = ['"Doe, Jane"', 'José', '日本', '"Quoted \\"x\\""', '"<x@evil.example>"']
    const people = names.map((name, n) => `${name} <${n}@example.com>`)

    const mails = await mailsOf(t, ['x'], { fromaddr: '"Jürgen, Chef" <app@example.com>', toaddrs: people })

    assert.deepEqual(
      mails.map((mail) => [mail.from, mail.to, isInOrder(mail)]),
      [['app@example.com', names.map((_, n) => `${n}@example.com`), true]],
    )
  })

  it('refuse a line break in any option at construction', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('fromaddr', 'toaddrs', 'subject'),
        fc.constantFrom('\r', '\n', '\r\n', '\0', '\u2028', '\u2029', '\u0085'),
        fc.string({ maxLength: 10 }),
        (option, end, text) => {
          const options = { mailhost: 'mx', fromaddr: 'a@x', toaddrs: 'b@x', subject: 's' }
          assert.throws(
            () => smtp({ ...options, [option]: `a${text}${end}Bcc: c@x` }),
            new RegExp(`option "${option}" has a line break or another control character`),
          )
        },
      ),
    )
  })
})

async function mailsOf(
  t: TestContext,
  texts: readonly string[],
  options: Partial<SmtpOptions>,
): Promise<readonly ReceivedMail[]> {
  const server = await MailServer.start(t)
  const handler = smtp({
    mailhost: server.mailhost,
    fromaddr: 'app@example.com',
    toaddrs: 'ann@example.com',
    subject: 's',
    maxMailsPerHour: 0,
    maxConnections: 1,
    ...options,
  })
  handler.write(texts.map((msg) => `${JSON.stringify({ level: 50, name: msg, msg })}\n`).join(''))
  handler.flush(() => handler.end())
  await once(handler, 'close')
  assertBalanced(handler.stats)
  return server.mails
}

// ASCII, in lines of bounded length, each header once, and no line break even in what is encoded.
function isInOrder({ message }: ReceivedMail): boolean {
  const head = message.slice(0, message.indexOf('\r\n\r\n') + 2)
  const names = messageOf(message).headers.map(([name]) => name)
  return (
    /^(?:[\t\x20-\x7e]{1,998}\r\n)*$/.test(head) &&
    isComplete(names) &&
    !/[\r\n\0]/.test(decodedWords(head.replaceAll('\r\n', '')))
  )
}

function isComplete(names: readonly string[]): boolean {
  const found = names.map((name) => name.toLowerCase()).sort()
  return found.join() === [...HEADERS].sort().join()
}

function subjectOf(mail: ReceivedMail | undefined): string {
  return decodedWords(headerOf(messageOf(mail?.message ?? ''), 'Subject') ?? '')
}
