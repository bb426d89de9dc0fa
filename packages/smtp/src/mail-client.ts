// The mail server as a destination.

import type { Client, ClientWords } from '@pino-handlers/core/net'
import { pauseAfter } from './failure.js'
import { MailConnection, type MailSettings, type Past } from './mail-connection.js'

const WORDS: ClientWords = {
  cannot: 'cannot send mail through',
  lost: 'cannot send mail through',
  well: 'mail goes through',
  failure: 'send',
}

/**
 * A client of a mail server; its parts must be mails. A mail that the server does not take now closes the connection, and
 * the next one opens only when the server has taken it: one that answers and takes no mail is away.
 */
export function mailClient(settings: MailSettings): Client {
  const past: Past = { failed: undefined }
  const { host, port, secure } = settings.target
  return {
    label: `${secure === 'tls' ? 'smtps' : 'smtp'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    words: WORDS,
    pauseAfter,
    connect: (listener) => new MailConnection(settings, past, listener),
  }
}
