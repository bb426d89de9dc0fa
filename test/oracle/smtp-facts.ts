// What of a mail is compared with Python's: dialogue, envelope, headers and text, without what is the taste of either.
import { domainToASCII } from 'node:url'
import { decodedWords, headerOf, messageOf, peopleOf, textOf } from '../support/mail-message.js'
import type { MailSession } from '../support/mail-server.js'

/** What Python did. */
export interface Answer {
  readonly errors: readonly string[]
  readonly dialogue?: readonly (readonly [who: string, line: string])[]
  readonly envelope?: { readonly mail: string | null; readonly rcpt: readonly string[] } | null
  readonly parsed?: {
    readonly from: string
    readonly to: string
    readonly subject: string
    readonly body: string
  } | null
}

/** What became of a record. */
export interface Sent {
  readonly delivered: number
  readonly session: MailSession | undefined
}

const NOTHING: ReadonlySet<string> = new Set()

// Python goes without a word after an error; we clean up.
const CLEANING = new Set(['QUIT', 'RSET'])

// Python does not ask for what the server has not offered; nodemailer does when it must have it.
const WITHOUT_STARTTLS = new Set([...CLEANING, 'STARTTLS'])

/** The facts of ours. */
export function ours({ delivered, session }: Sent, hasStarttls: boolean): object {
  const mail = session?.mails[0]
  const message = mail && messageOf(mail.message)
  return {
    delivered,
    dialogue: commands(session?.heard ?? [], mail ? NOTHING : hasStarttls ? CLEANING : WITHOUT_STARTTLS),
    envelope: mail && { mail: mail.from, rcpt: mail.to },
    parsed: message && {
      from: people(headerOf(message, 'From') ?? ''),
      to: people(headerOf(message, 'To') ?? ''),
      subject: decodedWords(headerOf(message, 'Subject') ?? '').trim(),
      body: comparable(textOf(message)),
    },
  }
}

/** The facts of Python's. */
export function expected({ errors, dialogue = [], envelope, parsed: mail }: Answer): object {
  const heard = dialogue.filter(([who, line]) => who === 'C' || line === '<tls>').map(([, line]) => line)
  const bare = (address: string): string => address.replace(/^<(.*)>.*$/, '$1')
  return {
    delivered: errors.length === 0 ? 1 : 0,
    dialogue: commands(heard, mail ? NOTHING : CLEANING),
    envelope: mail ? { mail: bare(envelope?.mail ?? ''), rcpt: (envelope?.rcpt ?? []).map(bare) } : undefined,
    parsed: mail
      ? {
          from: people(mail.from),
          to: people(mail.to),
          subject: mail.subject.trim(),
          body: comparable(mail.body),
        }
      : undefined,
  }
}

// A comment is as good as a name, and Python's parser takes it out; a domain may be written in several ways.
function people(header: string): ReturnType<typeof peopleOf> {
  return peopleOf(header.replaceAll(/\([^)]*\)/g, '')).map(([name, address]) => {
    const [local = '', domain = ''] = address.split('@')
    return [name, domain === '' ? local : `${local}@${domainToASCII(domain)}`]
  })
}

// Python writes as for a file of mails, where a line must not begin with From, and reads an encoded text with its own line
// ends; we send what was said.
function comparable(body: string): string {
  return body.replaceAll('\r\n', '\n').replaceAll(/^>From /gm, 'From ')
}

// Verbs and addresses; what answers a challenge is left out, as are names of hosts and parameters.
function commands(heard: readonly string[], without: ReadonlySet<string>): readonly string[] {
  return heard
    .map((line) => line.replace(/^(ehlo|helo|auth \S+|\S+ (?:from|to):<[^>]*>).*$/i, '$1'))
    .filter((line) => /^(ehlo|helo|auth|mail|rcpt|data|quit|rset|starttls|<)/i.test(line))
    .map((line) => line.replace(/^[a-z]+( from| to)?/i, (verb) => verb.toUpperCase()))
    .filter((line) => !without.has(line))
}
