// Records of many megabytes: what is done with them must not grow faster than they do.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import smtp from '@pino-handlers/smtp'
import { simpleParser } from 'mailparser'
import { assertBalanced } from '../../../test/support/books.js'
import { MailServer } from '../../../test/support/mail-server.js'

const BASE = { fromaddr: 'app@example.com', toaddrs: 'ann@example.com', subject: 'Log', timeout: 600 } as const

describe('smtp with a long record', () => {
  for (const [what, options, record] of [
    ['a stack of blank lines', {}, { err: { type: 'Error', message: '', stack: `Error: ${'\n'.repeat(1_000_000)}` } }],
    ['a text that is no attachment', { attachAbove: 0 }, { msg: `${'x'.repeat(980)}\n`.repeat(12_000) }],
  ] as const) {
    it(`sends ${what}`, async (t) => {
      const server = await MailServer.start(t)
      const handler = smtp({ ...BASE, mailhost: server.mailhost, ...options })

      handler.write(`${JSON.stringify({ level: 50, ...record })}\n`)
      await new Promise<void>((resolve) => handler.flush(() => resolve()))
      handler.end()
      await once(handler, 'close')
      assertBalanced(handler.stats)

      assert.deepEqual([handler.stats.delivered, server.mails.length], [1, 1])
    })
  }

  it('cuts what it shows of a text between two characters', async (t) => {
    const server = await MailServer.start(t)
    const handler = smtp({ ...BASE, mailhost: server.mailhost, attachAbove: 10, maxConnections: 1 })

    for (const msg of ['\ufffd'.repeat(4), 'aé'.repeat(4), '😀'.repeat(3), 'x'.repeat(11)])
      handler.write(`${JSON.stringify({ level: 50, msg })}\n`)
    handler.end()
    await once(handler, 'close')
    assertBalanced(handler.stats)

    const mails = await Promise.all(server.mails.map(({ message }) => simpleParser(message)))
    assert.deepEqual(
      mails.map(({ text = '' }) => text.split('\n', 1)[0]),
      ['\ufffd'.repeat(3), 'aéaéaéa', '😀'.repeat(2), 'x'.repeat(10)],
    )
  })
})
