// Mail servers that are not ours, whose mails are read by CPython's email package and by mailparser.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import smtp, { type SmtpOptions } from '@pino-handlers/smtp'
import { type ModeServer, type ServerMode, startAiosmtpd } from '../../../test/support/aiosmtpd-server.js'
import { assertBalanced } from '../../../test/support/books.js'
import { certificates, type Identity } from '../../../test/support/certificates.js'
import { startSmtpServers } from '../../../test/support/smtp-server.js'

type Start = (
  t: TestContext,
  modes: readonly ServerMode[],
  identity: Identity,
) => Promise<readonly ModeServer[] | undefined>

const SERVERS: Readonly<Record<string, Start>> = { aiosmtpd: startAiosmtpd, 'smtp-server': startSmtpServers }

const WAYS = (['none', 'starttls', 'starttls-required', 'tls'] as const).flatMap((secure) =>
  [false, true].map((auth) => ({ secure, auth, tls: secure === 'starttls-required' ? ('starttls' as const) : secure })),
)

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
    it(`delivers to ${name} in each way of TLS, with credentials and without`, async (t) => {
      const made = certificates(t)
      const servers = made && (await start(t, WAYS, made.server))
      if (!made || !servers) return

      await Promise.all(
        WAYS.map(({ secure, auth }, n) =>
          logged([line('.größer\n.\n😀')], servers[n], {
            fromaddr: 'Äpp <app@example.com>',
            toaddrs: ['Jürgen Ø <j@example.com>', 'bob@example.com'],
            subject: '%(levelname)s: %(message)s',
            secure,
            html: true,
            ...(secure !== 'none' && { tls: { ca: made.ca } }),
            ...(auth && { credentials: ['user', 'secret'] as const }),
            allowInsecureAuth: true,
          }),
        ),
      )

      assert.deepEqual(
        servers.map((server) => server.mails()),
        WAYS.map(({ tls, auth }) => [
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
        ]),
      )
    })

    it(`has odd texts arrive at ${name} as they are, as HTML and in the attachment too`, async (t) => {
      const servers = await plain(t, start, 2)
      if (!servers) return

      const [one, other] = servers
      await logged(TEXTS.map(line), one, {})
      await logged(TEXTS.map(line), other, { html: true, attachAbove: 600 })

      const isLong = (text: string): boolean => Buffer.byteLength(text) > 600
      assert.deepEqual(
        [one?.mails().map(partsOf), other?.mails().map((mail) => partsOf(mail).slice(1))],
        [
          TEXTS.map((text) => [['text/plain', lines(text)]]),
          TEXTS.map((text) => [isLong(text) ? ['application/gzip', text] : ['text/html', page(text)]]),
        ],
      )
    })
  }

  it('shows the beginning of what is long, cut between two characters', async (t) => {
    const [server] = (await plain(t, startSmtpServers, 1)) ?? []
    if (!server) return

    await logged([line('é'.repeat(5000))], server, { attachAbove: 101 })

    assert.deepEqual(server.mails().map(partsOf), [
      [
        ['text/plain', `${'é'.repeat(50)}\n\n[cut here: all of it is in the attachment]\n`],
        ['application/gzip', 'é'.repeat(5000)],
      ],
    ])
  })
})

async function plain(t: TestContext, start: Start, count: number): Promise<readonly ModeServer[] | undefined> {
  const made = certificates(t)
  const mode = { tls: 'none', auth: false } as const
  return made && (await start(t, Array<ServerMode>(count).fill(mode), made.server))
}

async function logged(
  records: readonly string[],
  server: ModeServer | undefined,
  options: Partial<SmtpOptions>,
): Promise<void> {
  const handler = smtp({
    mailhost: server?.mailhost ?? '127.0.0.1',
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
