// The mail server as a destination: one session at a time, kept for the mails that follow.

import type { Client, ClientWords } from '@pino-handlers/core/net'
import { pauseAfter } from './failure.js'
import { MailConnection, type Past } from './mail-connection.js'
import type { MailTarget } from './session.js'

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
export function mailClient(target: MailTarget): Client {
  const past: Past = { failed: undefined }
  const { host, port, secure } = target
  return {
    label: `${secure === 'tls' ? 'smtps' : 'smtp'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    words: WORDS,
    pauseAfter,
    connect: (listener) => new MailConnection(target, past, listener),
  }
}
