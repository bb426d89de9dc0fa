// Many errors in a short time: a few mails that tell of all of them.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Handler } from '@pino-handlers/core'
import smtp, { type SmtpOptions } from '@pino-handlers/smtp'
import pino from 'pino'
import { assertBalanced } from '../../../test/support/books.js'
import { Clock } from '../../../test/support/clock.js'
import { headerOf, messageOf } from '../../../test/support/mail-message.js'
import { MailServer } from '../../../test/support/mail-server.js'
import { freePort } from '../../../test/support/server-process.js'

const BASE = { fromaddr: 'app@example.com', toaddrs: 'ann@example.com', subject: 'Log', onError: 'ignore' } as const

describe('smtp in a storm', () => {
  for (const [what, options] of Object.entries<Partial<SmtpOptions>>({
    'a digest every 2 seconds': { digest: 2, maxMailsPerHour: 4 },
    'a cap alone': { maxMailsPerHour: 4 },
    'a window for each kind': { dedupe: 3, maxMailsPerHour: 4 },
  })) {
    it(`sends the first of 10000 errors at once, no more mails than the cap, and counts all, with ${what}`, async (t) => {
      const { server, clock, handler } = await storm(t, options)

      for (let step = 0; step < 100; step++) {
        handler.write(Array.from({ length: 100 }, (_, n) => line(`failure ${n} of kind ${'abcdefg'[n % 7]}`)).join(''))
        while (server.mails.length === 0) await setImmediate()
        clock.passes(100)
        await setImmediate()
      }
      const mailsOfTheFirstHour = server.mails.length
      clock.passes(3_600_000)
      // A session that the tick has closed in the middle is opened again after a pause.
      while (handler.stats.queued > 0) {
        clock.passes(1000)
        await setImmediate()
      }

      assert.ok(mailsOfTheFirstHour <= 4, `${mailsOfTheFirstHour} mails`)
      assert.deepEqual([counted(server), handler.stats.delivered], [10_000, 10_000])
    })
  }

  it('does not feed itself when its failures are logged to it', async () => {
    const handler = smtp({
      ...BASE,
      mailhost: ['127.0.0.1', await freePort()],
      retryStart: 0.001,
      retryMax: 0.001,
      closeTimeout: 0.1,
    })
    const logger = pino(handler)
    handler.on('failure', ({ message }: { message: string }) => logger.error(message))

    logger.error('the first')
    while (handler.stats.retries < 20) await setImmediate()
    const { received } = handler.stats
    handler.end()
    await once(handler, 'close')
    assertBalanced(handler.stats)

    // One failure is told in 30 seconds.
    assert.equal(received, 2)
  })
})

interface Storm {
  readonly server: MailServer
  readonly handler: Handler
  readonly clock: Clock
}

async function storm(t: TestContext, options: Partial<SmtpOptions>): Promise<Storm> {
  const server = await MailServer.start(t)
  const clock = new Clock(t)
  const handler = smtp({ ...BASE, mailhost: server.mailhost, timeout: 2_000_000, ...options })
  t.after(() => {
    assertBalanced(handler.stats)
    handler.destroy()
  })
  return { server, handler, clock }
}

function line(msg: string): string {
  return `${JSON.stringify({ level: 50, time: 1_508_025_600_123, msg })}\n`
}

/** Records that the mails tell of. */
function counted({ mails }: MailServer): number {
  return mails
    .map(({ message }) => /^\[(\d+) records?\]/.exec(headerOf(messageOf(message), 'Subject') ?? '')?.[1] ?? '1')
    .reduce((sum, count) => sum + Number(count), 0)
}
