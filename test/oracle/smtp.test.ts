// Mails against what CPython's SMTPHandler sent: dialogue, envelope, headers and text. How a mail is folded and encoded is
// not compared, since that is Python's email package.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { describe, it, type TestContext } from 'node:test'
import smtp, { type SmtpOptions } from '@pino-handlers/smtp'
import { simpleParser } from 'mailparser'
import { certificates } from '../support/certificates.js'
import { MailServer, type MailSession } from '../support/mail-server.js'
import { freePort } from '../support/server-process.js'
import { tempDir } from '../support/temp-dir.js'
import { type Case, casesOf, decodeObject } from './vectors.js'

interface Answer {
  readonly errors: readonly string[]
  readonly dialogue?: readonly (readonly [who: string, line: string])[]
  readonly envelope: { readonly mail: string | null; readonly rcpt: readonly string[] }
  readonly parsed?: { readonly from: string; readonly to: string; readonly subject: string; readonly body: string }
}

/** What a case asks of the server. */
interface ServerInput {
  readonly auth?: string
  readonly starttls?: boolean
  readonly reject?: string
  readonly smtputf8?: boolean
  readonly refuse?: boolean
}

const cases = casesOf('smtp')

interface MailInput {
  readonly from: string
  readonly to: string | readonly string[]
  readonly subject: string
  readonly text: string
  readonly credentials?: readonly [string, string]
  readonly secure?: readonly string[] | null
  readonly server: ServerInput
}

function inputOf(input: Readonly<Record<string, unknown>>): MailInput {
  return input as unknown as MailInput
}

/** Where we differ on purpose, by meaning: the case is left out, and what we do instead is asked in packages/smtp/test. */
const DIFFERENT: readonly ((input: Readonly<Record<string, unknown>>) => boolean)[] = [
  // A handler without recipients cannot be made.
  ({ to }) => Array.isArray(to) && to.length === 0,
  // pino has merged the arguments into the message already.
  ({ text }) => text === null,
]

// Python goes without a word after an error; we clean up.
const CLEANING = new Set(['QUIT', 'RSET'])

describe('SMTPHandler', () => {
  for (const one of cases.filter(({ kind }) => kind === 'smtp')) {
    const input = decodeObject(one.input)
    if (DIFFERENT.some((differs) => differs(input))) continue
    it(`${one.id}: ${JSON.stringify(one.input).slice(0, 100)}`, async (t) => {
      const expected = answerOf(one)
      const got = await sent(t, input)
      if (got !== undefined) assert.deepEqual(got, facts(expected))
      else assert.deepEqual(expected.errors, ['ValueError'])
    })
  }

  it('accepts and refuses the options that Python accepts and refuses', () => {
    const differing = cases
      .filter(({ kind, input }) => kind === 'init' && JSON.stringify(input.toaddrs) !== '[]')
      .filter(({ input, expect }) => isRefused(input) !== JSON.stringify(expect).includes('"error"'))

    assert.deepEqual(differing, [])
  })
})

function isRefused(input: object): boolean {
  try {
    smtp({ mailhost: 'mx', fromaddr: 'f@x', toaddrs: 't@x', subject: 's', allowInsecureAuth: true, ...input }).destroy()
    return false
  } catch {
    return true
  }
}

// Undefined when the handler cannot be made.
async function sent(t: TestContext, input: Readonly<Record<string, unknown>>): Promise<object | undefined> {
  const server = await serverOf(t, inputOf(input).server)
  const made = certificates(t)
  const { from, to, subject, text, credentials, secure } = inputOf(input)
  let options: SmtpOptions = {
    mailhost: server?.mailhost ?? ['127.0.0.1', await freePort()],
    fromaddr: from,
    toaddrs: to,
    subject,
    formatter: () => text,
    onError: 'ignore',
    allowInsecureAuth: true,
    closeTimeout: 1,
  }
  if (credentials) options = { ...options, credentials }
  if (secure) options = { ...options, secure: identityOf(t, secure, made?.client), tls: { rejectUnauthorized: false } }
  const handler = construct(options)
  if (!handler) return undefined
  handler.write('{"level":50,"msg":"-"}\n')
  handler.end()
  await once(handler, 'close')
  const session = server?.sessions[0]
  const mail = session?.mails[0]
  return {
    delivered: handler.stats.delivered,
    dialogue: commands(session?.heard ?? [], mail === undefined),
    envelope: mail && { mail: mail.from, rcpt: mail.to },
    parsed: mail && (await parsed(mail.message)),
  }
}

function construct(options: SmtpOptions): ReturnType<typeof smtp> | undefined {
  try {
    return smtp(options)
  } catch {
    return undefined
  }
}

function serverOf(
  t: TestContext,
  { auth, starttls, reject, smtputf8, refuse }: ServerInput,
): Promise<MailServer | undefined> {
  if (refuse) return Promise.resolve(undefined)
  const identity = starttls ? certificates(t)?.server : undefined
  return MailServer.start(t, {
    extensions: smtputf8 ? ['SMTPUTF8'] : [],
    ...(auth && { auth }),
    ...(identity && { identity }),
    answer(command: string, _session: MailSession) {
      if (command === 'connect') return reject === 'connect' ? '554 no service' : undefined
      if (reject && command.split(' ', 1)[0] === reject) return `550 rejected at ${reject}`
      return reject && command.startsWith('RCPT') && command.includes(reject) ? '550 no such user' : undefined
    },
  })
}

function identityOf(
  t: TestContext,
  secure: readonly string[],
  identity: { readonly key: string; readonly cert: string } | undefined,
): readonly [string, string] | readonly [] {
  if (secure.length === 0 || !identity) return []
  const dir = tempDir(t)
  const paths = { key: `${dir}/key.pem`, cert: `${dir}/cert.pem` }
  writeFileSync(paths.key, identity.key)
  writeFileSync(paths.cert, identity.cert)
  return [paths.key, paths.cert]
}

function answerOf({ expect }: Case): Answer {
  return expect as Answer
}

function facts({ errors, dialogue = [], envelope, parsed: mail }: Answer): object {
  const heard = dialogue.filter(([who, line]) => who === 'C' || line === '<tls>').map(([, line]) => line)
  const bare = (address: string): string => address.replace(/^<(.*)>.*$/, '$1')
  return {
    delivered: errors.length === 0 ? 1 : 0,
    dialogue: commands(heard, mail === undefined),
    envelope: mail && { mail: bare(envelope.mail ?? ''), rcpt: envelope.rcpt.map(bare) },
    // Python writes as for a file of mails, where a line must not begin with From; we send what was said.
    parsed: mail && {
      from: mail.from,
      to: mail.to,
      subject: mail.subject.trimEnd(),
      body: mail.body.replaceAll(/^>From /gm, 'From '),
    },
  }
}

// Verbs and addresses; what answers a challenge is left out, as are names of hosts and parameters.
function commands(heard: readonly string[], hasFailed: boolean): readonly string[] {
  return heard
    .map((line) => line.replace(/^(ehlo|helo|auth \S+|\S+ (?:from|to):<[^>]*>).*$/i, '$1'))
    .filter((line) => /^(ehlo|helo|auth|mail|rcpt|data|quit|rset|starttls|<)/i.test(line))
    .map((line) => line.replace(/^[a-z]+( from| to)?/i, (verb) => verb.toUpperCase()))
    .filter((line) => !hasFailed || !CLEANING.has(line))
}

async function parsed(message: string): Promise<object> {
  const { from, to, subject = '' } = await simpleParser(message)
  const people = Array.isArray(to) ? to : to ? [to] : []
  const names = people.map((each) => each.text.replaceAll('"', '')).join(', ')
  return { from: from?.text ?? '', to: names, subject: subject.trimEnd(), body: decodedBody(message) }
}

function decodedBody(message: string): string {
  const end = message.indexOf('\r\n\r\n')
  const body = message.slice(end + 4)
  const encoding = /^Content-Transfer-Encoding: (.*)$/im.exec(message.slice(0, end))?.[1]
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
  if (encoding !== 'quoted-printable') return body
  const bytes = body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([\dA-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
