// What becomes of mails when the server fails at each step of the dialogue: nothing lost that is not counted, nothing twice
// that the server has taken.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import type { Handler } from '@pino-handlers/core'
import smtp, { type SmtpOptions } from '@pino-handlers/smtp'
import { messageOf, textOf } from '../../../test/support/mail-message.js'
import { MailServer, type MailServerOptions } from '../../../test/support/mail-server.js'
import { until } from '../../../test/support/until.js'
import { ended } from './ended.js'

const LIMIT = 60_000

// Each step of a dialogue; EHLO is asked again as HELO, so both fail.
const STEPS: Readonly<Record<string, RegExp>> = {
  greeting: /^connect$/,
  EHLO: /^(EHLO|HELO) /,
  AUTH: /^AUTH /,
  MAIL: /^MAIL /,
  RCPT: /^RCPT /,
  DATA: /^DATA$/,
  'end of data': /^\.$/,
}

// Of these a mail is refused for good with 5xx; the others are about the session.
const OF_THE_MAIL: ReadonlySet<string> = new Set(['MAIL', 'RCPT', 'DATA', 'end of data'])

describe('smtp to a server that fails', () => {
  for (const [step, command] of Object.entries(STEPS)) {
    for (const answer of ['421 come back later', '451 later', 'drop']) {
      it(`delivers each mail once after '${answer}' at ${step}, twice`, async (t) => {
        let failures = 2
        const { server, handler } = await logging(t, {
          answer: (heard) => (command.test(heard) && failures-- > 0 ? answer : undefined),
        })

        log(handler, 'one', 'two', 'three')
        await until(() => handler.stats.delivered === 3, LIMIT)

        assert.deepEqual(
          [await ended(handler), texts(server)],
          [{ delivered: 3, dropped: {} }, ['one', 'three', 'two']],
        )
      })
    }

    it(`delivers each mail after it has waited long enough for an answer at ${step}`, async (t) => {
      let failures = 1
      const { server, handler } = await logging(
        t,
        { answer: (heard) => (command.test(heard) && failures-- > 0 ? 'stall' : undefined) },
        { timeout: 0.3 },
      )

      log(handler, 'one', 'two', 'three')
      await until(() => handler.stats.delivered === 3, LIMIT)

      // On a busy machine an answer may come too late, and the mail goes again.
      const once = [...new Set(texts(server))]
      assert.deepEqual([await ended(handler), once], [{ delivered: 3, dropped: {} }, ['one', 'three', 'two']])
    })

    if (OF_THE_MAIL.has(step)) {
      it(`counts the mail that is refused at ${step}, and delivers the others`, async (t) => {
        let failures = 1
        const { server, handler } = await logging(t, {
          answer: (heard) => (command.test(heard) && failures-- > 0 ? '554 never' : undefined),
        })

        log(handler, 'one', 'two', 'three')
        await until(() => handler.stats.queued === 0, LIMIT)

        assert.deepEqual([await ended(handler), server.mails.length], [{ delivered: 2, dropped: { refused: 1 } }, 2])
      })
    } else {
      it(`keeps the mails when the session is refused at ${step}, and counts them at the end`, async (t) => {
        const { server, handler } = await logging(t, {
          answer: (heard) => (command.test(heard) ? '554 never' : undefined),
        })

        log(handler, 'one', 'two')
        await once(handler, 'failure')
        const { queued } = handler.stats

        assert.deepEqual(
          [queued, await ended(handler), server.mails.length],
          [2, { delivered: 0, dropped: { closed: 2 } }, 0],
        )
      })
    }

    it(`ends in time when the server stalls at ${step}, and counts what is left`, async (t) => {
      const { handler } = await logging(
        t,
        { answer: (heard) => (command.test(heard) ? 'stall' : undefined) },
        { closeTimeout: 0.2 },
      )

      log(handler, 'one', 'two')

      assert.deepEqual(await ended(handler), { delivered: 0, dropped: { closed: 2 } })
    })
  }

  it('sends a mail again whose answer is lost, as the same mail', async (t) => {
    let drops = 2
    const { server, handler } = await logging(t, {
      answer: (heard) => (heard === '.' && drops-- > 0 ? 'drop' : undefined),
    })

    log(handler, 'one')
    await until(() => handler.stats.delivered === 1, LIMIT)
    await ended(handler)

    // The server may have taken it each time: that is at least once, and the Message-ID tells.
    const messages = server.sessions.flatMap((session) => session.messages)
    assert.deepEqual([messages.length, new Set(messages).size], [3, 1])
  })

  it('waits for a server that is not there yet', async (t) => {
    const { server, handler } = await logging(t)
    server.stop()
    log(handler, 'one', 'two')
    await once(handler, 'failure')

    await server.restart()
    await until(() => handler.stats.delivered === 2, LIMIT)

    assert.deepEqual([await ended(handler), texts(server)], [{ delivered: 2, dropped: {} }, ['one', 'two']])
  })

  it('delivers every mail once through a server that goes away and comes back', async (t) => {
    const { server, handler } = await logging(t)
    const numbers = Array.from({ length: 50 }, (_, n) => `number ${n}`)

    for (const [n, text] of numbers.entries()) {
      log(handler, text)
      if (n % 10 !== 9) continue
      // All are there and nothing is on its way: what is cut off there may arrive twice.
      await until(() => handler.stats.delivered === n + 1, LIMIT)
      server.stop()
      await server.restart()
    }
    await until(() => handler.stats.delivered === 50, LIMIT)

    assert.deepEqual([await ended(handler), texts(server)], [{ delivered: 50, dropped: {} }, numbers.sort()])
  })

  it('tries none again that others have when one of its recipients is refused for now', async (t) => {
    let refusals = 2
    const { server, handler } = await logging(
      t,
      { answer: (heard) => (heard.includes('busy@') && refusals-- > 0 ? '450 mailbox busy' : undefined) },
      { toaddrs: ['busy@example.com', 'ann@example.com'] },
    )

    log(handler, 'one')
    await until(() => server.mails.length === 2, LIMIT)
    const books = await ended(handler)

    assert.deepEqual(
      [books, server.mails.map(({ to }) => to), new Set(server.mails.map(({ message }) => message)).size],
      [{ delivered: 1, dropped: {} }, [['ann@example.com'], ['busy@example.com']], 1],
    )
  })

  it('refuses an address that is not ASCII where the server takes none', async (t) => {
    const { server, handler } = await logging(t, {}, { toaddrs: 'josé@example.com' })

    log(handler, 'one')
    await once(handler, 'failure')

    assert.deepEqual(
      [await ended(handler), server.sessions.flatMap(({ heard }) => heard.filter((each) => each.startsWith('MAIL')))],
      [{ delivered: 0, dropped: { refused: 1 } }, []],
    )
  })

  it('does the same with a server that takes several commands at a time', async (t) => {
    let failures = 3
    const { server, handler } = await logging(t, {
      extensions: ['PIPELINING'],
      answer: (heard) => (/^(RCPT|DATA|\.)/.test(heard) && failures-- > 0 ? '451 later' : undefined),
    })

    log(handler, 'one', 'two')
    await until(() => handler.stats.delivered === 2, LIMIT)

    assert.deepEqual([await ended(handler), texts(server)], [{ delivered: 2, dropped: {} }, ['one', 'two']])
  })
})

interface Logging {
  readonly server: MailServer
  readonly handler: Handler
}

async function logging(
  t: TestContext,
  server: MailServerOptions = {},
  options: Partial<SmtpOptions> = {},
): Promise<Logging> {
  const mailServer = await MailServer.start(t, { auth: 'PLAIN', ...server })
  const handler = smtp({
    mailhost: mailServer.mailhost,
    fromaddr: 'app@example.com',
    toaddrs: 'ann@example.com',
    subject: 'Log',
    credentials: ['user', 'secret'],
    allowInsecureAuth: true,
    formatter: ({ msg }) => msg,
    timeout: 60,
    retryStart: 0.01,
    retryMax: 0.05,
    onError: 'ignore',
    ...options,
  })
  t.after(() => handler.destroy())
  return { server: mailServer, handler }
}

function log(handler: Handler, ...texts: readonly string[]): void {
  handler.write(texts.map((msg) => `${JSON.stringify({ level: 50, msg })}\n`).join(''))
}

/** Of the mails that it has taken, in the order of the alphabet. */
function texts(server: MailServer): readonly string[] {
  return server.mails.map(({ message }) => textOf(messageOf(message)).trimEnd()).sort()
}
