// Where our SMTP handler differs from Python's on purpose: why, and what it does instead.
import type { Input } from './vectors.js'
import { decodeObject } from './vectors.js'

/** What a case of a mail asks, decoded. */
export interface MailInput {
  readonly from: string
  readonly to: string | readonly string[]
  readonly subject: string
  /** The formatted record; null when the record itself is given. */
  readonly text?: string | null
  readonly attrs?: Readonly<Record<string, unknown>>
  readonly fmt?: string
  readonly credentials?: readonly [string, string] | string
  readonly secure?: readonly string[] | null
  /** What the server is to do. */
  readonly server: {
    readonly auth?: string
    readonly starttls?: boolean
    readonly reject?: string
    readonly smtputf8?: boolean
    readonly refuse?: boolean
  }
}

/** What our handler does: it cannot be made, the mail arrives, or it does not. */
type Outcome = 'refused' | 'delivered' | 'dropped'

/** A difference by rule. */
export interface Difference {
  readonly reason: string
  readonly outcome: Outcome
  applies(input: MailInput): boolean
}

/** The input of a case, decoded. */
export function mailInputOf(input: Input): MailInput {
  return decodeObject(input) as unknown as MailInput
}

/** The difference that a case falls under. */
export function differenceOf(input: MailInput): Difference | undefined {
  return DIFFERENCES.find(({ applies }) => applies(input))
}

const DIFFERENCES: readonly Difference[] = [
  {
    reason: 'a handler without recipients cannot be made',
    outcome: 'refused',
    applies: ({ to }) =>
      [to]
        .flat()
        .join('')
        .replaceAll(/[\s,;]/g, '') === '',
  },
  {
    reason: 'a control character in an address is told at construction; Python takes what it can make of it',
    outcome: 'refused',
    applies: ({ from, to }) => /[\0-\x1f\x7f-\x9f\u2028\u2029]/.test([from, to].flat().join(',')),
  },
  {
    reason: 'what is no address is told at construction; Python takes it for nobody, or for its first word',
    outcome: 'refused',
    applies: ({ from, to }) => [from, to].flat().some((each) => each.split(/[,;]/).some(isNoAddress)),
  },
  {
    reason: 'dots where an address should have none are put in quotes',
    outcome: 'delivered',
    applies: ({ from, to }) => /(?:^|[,\s<])\.|\.\.|\.@/.test([from, to].flat().join(',')),
  },
  {
    reason: 'several senders are one too many; Python takes the first',
    outcome: 'refused',
    applies: ({ from }) => from.includes(',') && !from.includes('"'),
  },
  {
    reason:
      'addresses between ; , a name without <> and an address of numbers are understood; Python cuts or mixes them',
    outcome: 'delivered',
    applies: ({ to }) => /^[^,<>"(]+[; ][^,<>"(]+@|@\[/.test([to].flat().join(',').trim()),
  },
  {
    reason: 'a control character in the subject is told at construction; Python refuses line breaks with each record',
    outcome: 'refused',
    applies: ({ subject }) => /[\0-\x1f\x7f-\x9f\u2028\u2029]/.test(subject),
  },
  {
    reason: 'what looks encoded, beside what has to be, is encoded too, and so is read as it was written',
    outcome: 'delivered',
    applies: ({ subject }) => /=\?\S+\?=/.test(subject) && /[^\0-\x7f]/.test(subject),
  },
  {
    reason: 'a subject may be a format',
    outcome: 'delivered',
    applies: ({ subject }) => /%\(\w+\)/.test(subject),
  },
  {
    reason: 'the comment behind an address becomes its name',
    outcome: 'delivered',
    applies: ({ from, to }) => /@\S+ \(/.test([from, to].flat().join(',')),
  },
  {
    reason: 'half a character becomes U+FFFD; in Python the mail is lost',
    outcome: 'delivered',
    applies: ({ subject, text }) => !subject.isWellFormed() || text?.isWellFormed() === false,
  },
  {
    reason: 'credentials that are not two texts with something in them are refused; Python does not log in, or tries',
    outcome: 'refused',
    applies: ({ credentials }) =>
      credentials !== undefined && (!Array.isArray(credentials) || credentials.includes('')),
  },
  {
    reason:
      'credentials may have any character, as UTF-8, though these are wrong; Python fails before it has sent them',
    outcome: 'dropped',
    applies: ({ credentials, server }) => /[^\0-\x7f]/.test(String(credentials ?? '')) && server.auth !== undefined,
  },
  {
    reason: 'methods of AUTH are known in lower case too',
    outcome: 'delivered',
    applies: ({ server, credentials }) =>
      server.auth !== undefined && server.auth !== server.auth.toUpperCase() && credentials?.[1] === 'secret',
  },
  {
    reason: 'secure holds without credentials too',
    outcome: 'delivered',
    applies: ({ secure, credentials, server }) => Boolean(secure && !credentials && server.starttls),
  },
  {
    reason: 'secure holds without credentials too: no mail to a server that cannot',
    outcome: 'dropped',
    applies: ({ secure, credentials, server }) => Boolean(secure && !credentials && !server.starttls),
  },
]

// A local part in quotes may have an @, but no space; a name has an address behind it.
function isNoAddress(text: string): boolean {
  const [, inside] = /<(.*)>/.exec(text) ?? []
  const address = (inside ?? text).trim()
  if (/^"[^"]* [^"]*" ?@/.test(address) || inside === '') return true
  const bare = address.replace(/^"[^"]*"(?=@)/, 'x')
  return /^@|@$|@.*@|@.*\.\.|@.*\.$|^[^@"<>()]* [^@"<>()]*$/.test(bare)
}
