// A mail server that is not ours: each way of securing the connection, with credentials and without.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import smtp from '@pino-handlers/smtp'
import { startAiosmtpd } from '../../../test/support/aiosmtpd-server.js'
import { assertBalanced } from '../../../test/support/books.js'
import { certificates } from '../../../test/support/certificates.js'

const MODES = [
  { secure: 'none', server: 'none' },
  { secure: 'starttls', server: 'starttls' },
  { secure: 'starttls-required', server: 'starttls' },
  { secure: 'tls', server: 'tls' },
] as const

describe('smtp to aiosmtpd', () => {
  for (const { secure, server: tls } of MODES) {
    for (const auth of [false, true]) {
      it(`delivers with secure '${secure}' ${auth ? 'and' : 'without'} credentials`, async (t) => {
        const made = certificates(t)
        const server = made && (await startAiosmtpd(t, { tls, auth, identity: made.server }))
        if (!made || !server) return
        const handler = smtp({
          mailhost: server.mailhost,
          fromaddr: 'Äpp <app@example.com>',
          toaddrs: ['Jürgen Ø <j@example.com>', 'bob@example.com'],
          subject: '%(levelname)s: %(message)s',
          secure,
          html: true,
          ...(secure !== 'none' && { tls: { ca: made.ca } }),
          ...(auth && { credentials: ['user', 'secret'] }),
          allowInsecureAuth: true,
        })

        handler.write(`${JSON.stringify({ level: 50, msg: '.größer\n.\n😀' })}\n`)
        handler.end()
        await once(handler, 'close')
        assertBalanced(handler.stats)

        assert.deepEqual(server.mails(), [
          {
            from: 'app@example.com',
            rcpt: ['j@example.com', 'bob@example.com'],
            tls: tls !== 'none',
            login: auth,
            To: 'Jürgen Ø <j@example.com>, bob@example.com',
            From: 'Äpp <app@example.com>',
            Subject: 'ERROR: .größer . 😀',
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

  it('attaches what is long', async (t) => {
    const made = certificates(t)
    const server = made && (await startAiosmtpd(t, { tls: 'none', auth: false, identity: made.server }))
    if (!server) return
    const text = 'é'.repeat(5000)
    const handler = smtp({
      mailhost: server.mailhost,
      fromaddr: 'a@x.example',
      toaddrs: 'b@x.example',
      subject: 'long',
      attachAbove: 100,
    })

    handler.write(`${JSON.stringify({ level: 50, msg: text })}\n`)
    handler.end()
    await once(handler, 'close')
    assertBalanced(handler.stats)

    const parts = server.mails().map((mail) => (mail as { parts: unknown }).parts)
    assert.deepEqual(parts, [
      [
        ['text/plain', `${'é'.repeat(50)}\n\n[cut here: all of it is in the attachment]\n`],
        ['application/gzip', text],
      ],
    ])
  })
})
