// Mail servers that are not ours, whose mails are read by CPython's email package and by mailparser.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import smtp, { type SmtpOptions } from '@pino-handlers/smtp'
import { type Aiosmtpd, type AiosmtpdOptions, startAiosmtpd } from '../../../test/support/aiosmtpd-server.js'
import { assertBalanced } from '../../../test/support/books.js'
import { certificates } from '../../../test/support/certificates.js'
import { startSmtpServer } from '../../../test/support/smtp-server.js'

const SERVERS: Readonly<Record<string, (t: TestContext, options: AiosmtpdOptions) => Promise<Aiosmtpd | undefined>>> = {
  aiosmtpd: startAiosmtpd,
  'smtp-server': startSmtpServer,
}

const MODES = [
  { secure: 'none', server: 'none' },
  { secure: 'starttls', server: 'starttls' },
  { secure: 'starttls-required', server: 'starttls' },
  { secure: 'tls', server: 'tls' },
] as const

const HEADERS = ['From', 'To', 'Subject', 'Date', 'Message-ID', 'Content-Type']

// What a reader, a protocol or an encoding might take for something else.
const TEXTS: readonly string[] = [
  '',
  'plain',
  'a last line\n',
  '.',
  '.one\n..two\n.\n...',
  'a\n.\nQUIT\n',
  'From me\nFrom you\n>From both',
  'a\rb\r\nc\n\rd',
  '\n\n',
  ' lead and trail \t \n\t',
  'tabs\tand = and =3D and =\n=',
  '\0\x01\x08\x0b\x0c\x1b[31m\x7f',
  'x'.repeat(998),
  `${'x'.repeat(5000)}\n${'y'.repeat(2000)}`,
  `.${'x'.repeat(1500)}\n.`,
  'größer',
  `${'é'.repeat(400)}\n.\n`,
  '日本語のログ\n'.repeat(40),
  `${'ascii '.repeat(100)}😀`,
  '\u2028\u2029\u0085\ufeff\u00a0',
  '--=_boundary\n--\nContent-Type: text/html\n\n<b>',
  '<script>&amp;"</pre>',
  'Subject: no header\n\nno body',
]

describe('smtp', () => {
  for (const [name, start] of Object.entries(SERVERS)) {
    for (const { secure, server: tls } of MODES) {
      for (const auth of [false, true]) {
        it(`delivers to ${name} with secure '${secure}' ${auth ? 'and' : 'without'} credentials`, async (t) => {
          const made = certificates(t)
          const server = made && (await start(t, { tls, auth, identity: made.server }))
          if (!made || !server) return

          await logged([line('.größer\n.\n😀')], server, {
            fromaddr: 'Äpp <app@example.com>',
            toaddrs: ['Jürgen Ø <j@example.com>', 'bob@example.com'],
            subject: '%(levelname)s: %(message)s',
            secure,
            html: true,
            ...(secure !== 'none' && { tls: { ca: made.ca } }),
            ...(auth && { credentials: ['user', 'secret'] }),
            allowInsecureAuth: true,
          })

          assert.deepEqual(server.mails(), [
            {
              from: 'app@example.com',
              rcpt: ['j@example.com', 'bob@example.com'],
              tls: tls !== 'none',
              login: auth,
              To: 'Jürgen Ø <j@example.com>, bob@example.com',
              From: 'Äpp <app@example.com>',
              Subject: 'ERROR: .größer . 😀',
              headers: [...HEADERS, 'MIME-Version'],
              defects: [],
              parts: [
                ['text/plain', '.größer\n.\n😀\n'],
                ['text/html', '<!doctype html><html><body><pre>.größer\n.\n😀</pre></body></html>\n'],
              ],
            },
          ])
        })
      }
    }

    it(`has odd texts arrive at ${name} as they are`, async (t) => {
      const server = await plain(t, start)
      if (!server) return

      await logged(TEXTS.map(line), server, {})

      assert.deepEqual(
        server.mails().map(partsOf),
        TEXTS.map((text) => [['text/plain', lines(text)]]),
      )
    })

    it(`has odd texts arrive at ${name} as HTML and in the attachment, all the same`, async (t) => {
      const server = await plain(t, start)
      if (!server) return

      await logged(TEXTS.map(line), server, { html: true, attachAbove: 600 })

      const isLong = (text: string): boolean => Buffer.byteLength(text) > 600
      assert.deepEqual(
        server.mails().map((mail) => partsOf(mail).slice(1)),
        TEXTS.map((text) => [isLong(text) ? ['application/gzip', text] : ['text/html', page(text)]]),
      )
    })
  }

  it('shows the beginning of what is long, cut between two characters', async (t) => {
    const server = await startSmtpServer(t, { tls: 'none', auth: false, identity: { key: '', cert: '' } })

    await logged([line('é'.repeat(5000))], server, { attachAbove: 101 })

    assert.deepEqual(server.mails().map(partsOf), [
      [
        ['text/plain', `${'é'.repeat(50)}\n\n[cut here: all of it is in the attachment]\n`],
        ['application/gzip', 'é'.repeat(5000)],
      ],
    ])
  })
})

function plain(t: TestContext, start: (typeof SERVERS)[string]): Promise<Aiosmtpd | undefined> {
  const made = certificates(t)
  return made ? start(t, { tls: 'none', auth: false, identity: made.server }) : Promise.resolve(undefined)
}

async function logged(records: readonly string[], server: Aiosmtpd, options: Partial<SmtpOptions>): Promise<void> {
  const handler = smtp({
    mailhost: server.mailhost,
    fromaddr: 'app@example.com',
    toaddrs: 'ann@example.com',
    subject: 'Log',
    // In order.
    maxConnections: 1,
    formatter: ({ msg }) => msg,
    ...options,
  })
  handler.write(records.join(''))
  handler.flush(() => handler.end())
  await once(handler, 'close')
  assertBalanced(handler.stats)
}

function line(msg: string): string {
  return `${JSON.stringify({ level: 50, msg })}\n`
}

// As a text file has it.
function lines(text: string): string {
  return text.replaceAll(/\r\n|\r/g, '\n').replace(/(?<!\n)$/, '\n')
}

function page(text: string): string {
  const escaped = text.replaceAll(/[&<>"]/g, (each) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[each] ?? '&quot;')
  return lines(`<!doctype html><html><body><pre>${escaped}</pre></body></html>`)
}

function partsOf(mail: unknown): readonly (readonly [type: string, text: string])[] {
  return (mail as { readonly parts: readonly (readonly [string, string])[] }).parts
}
