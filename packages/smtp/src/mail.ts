// A mail as bytes.

import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Part } from '@pino-handlers/core/net'
import { dateText, headerLine } from './header.js'
import type { Mailboxes } from './mailbox.js'
import { base64Lines, type Entity, entityOf, multipart } from './mime.js'

/** A mail before it is written. */
export interface Letter {
  readonly from: Mailboxes
  readonly to: Mailboxes
  readonly subject: string
  readonly text: string
  /** The same as HTML, if it is to have both. */
  readonly html?: string | undefined
  /** When it is sent, in milliseconds since the epoch. */
  readonly time: number
  /** How many records it tells of. */
  readonly count: number
}

/** A mail that is ready to be sent, as often as it takes: with the same Message-ID. */
export interface MailPart extends Part {
  readonly data: Buffer
  readonly from: string
  readonly to: readonly string[]
  /** What has become of it, once it is settled: with 'put off' there is another one for its records. */
  fate: 'taken' | 'refused' | 'put off' | undefined
  isSettled: boolean
}

/** The part as the mail that it is; throws for any other. */
export function mailOf(part: Part | MailPart): MailPart {
  if ('fate' in part) return part
  throw new TypeError('a mail server takes mails')
}

/** Writes a mail. Of a text of more than `attachAbove` bytes the beginning stands in the mail, and all of it in an attachment. */
export function writeMail(letter: Letter, attachAbove: number): MailPart {
  const { from, to, subject, time, count } = letter
  const [sender = ''] = from.addresses
  const headers = [
    headerLine('From', from.header),
    headerLine('To', to.header),
    headerLine('Subject', subject),
    headerLine('Date', dateText(time)),
    headerLine('Message-ID', `<${randomUUID()}@${domainOf(sender)}>`),
  ]
  const { head, body } = contentOf(letter, attachAbove)
  // All ASCII, but for an address that is not: then it is UTF-8, which the server has to allow (SMTPUTF8).
  const data = Buffer.from(`${headers.join('')}${head}MIME-Version: 1.0\r\n\r\n${body}`)
  return { data, count, from: sender, to: to.addresses, fate: undefined, isSettled: false }
}

function contentOf({ text, html }: Letter, attachAbove: number): Entity {
  const isLong = attachAbove > 0 && Buffer.byteLength(text) > attachAbove
  const plain = entityOf('text/plain', isLong ? shortened(text, attachAbove) : text)
  const shown = html === undefined || isLong ? plain : multipart('alternative', [plain, entityOf('text/html', html)])
  return isLong ? multipart('mixed', [shown, attachment(text)]) : shown
}

function shortened(text: string, bytes: number): string {
  const all = Buffer.from(text)
  let end = bytes
  // What continues a character of UTF-8.
  while (end > 0 && ((all[end] ?? 0) & 0xc0) === 0x80) end--
  return `${all.toString('utf8', 0, end)}\n\n[cut here: all of it is in the attachment]`
}

function attachment(text: string): Entity {
  const head = [
    'Content-Type: application/gzip; name="records.txt.gz"',
    'Content-Disposition: attachment; filename="records.txt.gz"',
    'Content-Transfer-Encoding: base64',
  ]
  return { head: `${head.join('\r\n')}\r\n`, body: base64Lines(gzipSync(text)) }
}

function domainOf(address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  return /^[\w.-]+$/.test(domain) && address.includes('@') ? domain : 'localhost'
}
