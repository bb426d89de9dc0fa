// @pino-handlers/smtp: the first error has a mail at once, all others share one at the end.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SmtpOptions } from '@pino-handlers/smtp'
import type { Row } from '../row.js'
import { startServer } from '../server-thread.js'

export const smtp: Row = {
  handler: 'smtp, errors in two mails',
  async start(dir) {
    const { port, stop } = await startServer('mail', dir)
    const options: SmtpOptions = {
      mailhost: ['127.0.0.1', port],
      fromaddr: 'Shop <shop@example.com>',
      toaddrs: ['ops@example.com'],
      subject: '%(levelname)s in %(name)s: %(message)s',
      level: 'error',
      contextRecords: 5,
      digest: 300,
    }
    return {
      target: { target: '@pino-handlers/smtp', options },
      where: join(dir, 'mail-*.eml'),
      verify: () => mailsIn(dir).reduce((sum, mail) => sum + countRecords(mail), 0),
      stop,
    }
  },
}

function mailsIn(dir: string): string[] {
  const names = readdirSync(dir).filter((name) => name.endsWith('.eml'))
  return names.map((name) => readFileSync(join(dir, name), 'utf8'))
}

/** How many records a mail tells of: a digest says so in its subject. */
function countRecords(mail: string): number {
  return Number(/^Subject: \[(\d+) records?\]/m.exec(mail)?.[1] ?? 1)
}
