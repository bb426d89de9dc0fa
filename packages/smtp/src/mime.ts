// Texts as parts of a mail, in bytes that every server passes on: seven bits, lines of bounded length.

import { randomUUID } from 'node:crypto'
import { encode as encodeQuoted, wrap } from 'nodemailer/lib/qp'

/** Headers of a part, and what follows them. Both have only ASCII characters, and end their lines with CR LF. */
export interface Entity {
  readonly head: string
  readonly body: string
}

// A line of SMTP has 998 bytes at most.
const MAX_LINE = 990

const NOT_PLAIN = /[^\t\r\n\x20-\x7e]/

/** A text as a part; its line ends become CR LF, and it gets a last one if it has none. Python: `EmailMessage.set_content`. */
export function entityOf(type: 'text/plain' | 'text/html', text: string): Entity {
  const lines = withLineEnds(text.toWellFormed())
  const [encoding, body] = encode(lines)
  const head = `Content-Type: ${type}; charset="utf-8"\r\nContent-Transfer-Encoding: ${encoding}\r\n`
  return { head, body }
}

/** Parts as one. */
export function multipart(kind: 'alternative' | 'mixed', parts: readonly Entity[]): Entity {
  // No line of a part can be this one.
  const boundary = `=_${randomUUID()}`
  const bodies = parts.map(({ head, body }) => `--${boundary}\r\n${head}\r\n${body}\r\n`)
  return {
    head: `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n`,
    body: `${bodies.join('')}--${boundary}--\r\n`,
  }
}

/** Bytes as base64, in lines that end with CR LF. */
export function base64Lines(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll(/.{76}/g, '$&\r\n').concat('\r\n')
}

function withLineEnds(text: string): string {
  const lines = text.replaceAll(/\r\n|\r|\n/g, '\r\n')
  return lines.endsWith('\r\n') ? lines : `${lines}\r\n`
}

function encode(text: string): readonly [encoding: string, body: string] {
  if (isSevenBits(text)) return ['7bit', text]
  const bytes = Buffer.from(text)
  const others = bytes.reduce((count, byte) => (byte > 0x7e ? count + 1 : count), 0)
  if (others * 4 > bytes.length) return ['base64', base64Lines(bytes)]
  return ['quoted-printable', wrap(encodeQuoted(bytes), 76)]
}

// In two steps: one pattern for all lines needs too much of the stack for a long text.
function isSevenBits(text: string): boolean {
  return !NOT_PLAIN.test(text) && text.split('\r\n').every(({ length }) => length <= MAX_LINE)
}
