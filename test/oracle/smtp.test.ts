// Mails against what CPython's SMTPHandler sent: dialogue, envelope, headers and text. How a mail is folded and encoded is
// not compared, since that is Python's email package.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { describe, it, type TestContext } from 'node:test'
import type { Handler } from '@pino-handlers/core'
import { Formatter } from '@pino-handlers/core/formatter'
import { Float, PythonError, Tuple } from '@pino-handlers/core/python'
import smtp from '@pino-handlers/smtp'
import { assertBalanced } from '../support/books.js'
import { certificates, type Identity } from '../support/certificates.js'
import { MailServer } from '../support/mail-server.js'
import { freePort } from '../support/server-process.js'
import { tempDir } from '../support/temp-dir.js'
import { recordOf } from './record-view.js'
import { differenceOf, type MailInput, mailInputOf } from './smtp-differences.js'
import { type Answer, expected, ours, type Sent } from './smtp-facts.js'
import { type Case, casesOf, decodeObject, type Input } from './vectors.js'

const cases = casesOf('smtp')

describe('SMTPHandler', () => {
  for (const one of cases.filter(({ kind }) => kind === 'smtp')) {
    it(`${one.id}: ${JSON.stringify(one.input).slice(0, 100)}`, async (t) => {
      const input = mailInputOf(one.input)
      const text = formatted(input)
      if (text === undefined) {
        t.diagnostic('left out: pino has merged the arguments into the message already')
        return
      }
      const difference = differenceOf(input)
      const sent = await send(t, input, text)
      if (difference) {
        t.diagnostic(difference.reason)
        assert.equal(sent === undefined ? 'refused' : sent.delivered > 0 ? 'delivered' : 'dropped', difference.outcome)
      } else assert.deepEqual(sent && ours(sent, input.server.starttls === true), expected(answerOf(one)))
    })
  }

  it('accepts and refuses the options that Python accepts and refuses', (t) => {
    const dir = tempDir(t)
    const made = certificates(t)
    if (!made) return
    const paths = writeIdentity(dir, made.client)
    const differing = cases
      .filter(({ kind, input }) => kind === 'init' && !isRefusedOnPurpose(decodeObject(input)))
      .filter(({ input, expect }) => constructs(decodeObject(input), paths) === 'error' in Object(expect))

    assert.deepEqual(differing, [])
  })

  it('refuses at construction what Python finds out later, or never', () => {
    const accepted = cases
      .filter(({ kind, input }) => kind === 'init' && isRefusedOnPurpose(decodeObject(input)))
      .filter(({ input }) => constructs(decodeObject(input), []))

    assert.deepEqual(accepted, [])
  })
})

function isRefusedOnPurpose({ mailhost, toaddrs, credentials, secure, timeout }: Input): boolean {
  const [host = mailhost, port = 0] = listOf(mailhost) ?? []
  return (
    // Python looks for a host of that name, and for a port that is a text.
    /^$|^[^:]+:\d+$/.test(String(host)) ||
    typeof port !== 'number' ||
    String(listOf(toaddrs) ?? toaddrs) === '' ||
    // Python does not log in.
    typeof credentials === 'string' ||
    (listOf(credentials)?.includes('') ?? false) ||
    (listOf(secure)?.length ?? 0) > 2 ||
    // Python would not wait at all, or for ever.
    (typeof timeout === 'number' && timeout <= 0) ||
    timeout === null
  )
}

function constructs({ credentials, secure, ...input }: Input, files: readonly string[]): boolean {
  const own = listOf(secure)?.map((_, n) => files[n] ?? '')
  const given = {
    ...Object.fromEntries(Object.entries(input).map(([name, value]) => [name, listOf(value) ?? value])),
    ...(input.timeout instanceof Float && { timeout: input.timeout.value }),
    ...(credentials !== null && credentials !== undefined && { credentials: listOf(credentials) ?? credentials }),
    ...(own && { secure: own }),
  }
  const base = { mailhost: 'mx', fromaddr: 'f@x', toaddrs: 't@x', subject: 's', allowInsecureAuth: true }
  const handler = construct({ ...base, ...given })
  handler?.destroy()
  return handler !== undefined
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return value instanceof Tuple ? value.items : Array.isArray(value) ? value : undefined
}

// Undefined where Python cannot.
function formatted({ text, attrs = {}, fmt }: MailInput): string | undefined {
  if (typeof text === 'string') return text
  try {
    return new Formatter(fmt === undefined ? {} : { fmt }).format(recordOf(attrs))
  } catch (error) {
    if (error instanceof PythonError) return undefined
    throw error
  }
}

// Undefined when the handler cannot be made.
async function send(t: TestContext, input: MailInput, text: string): Promise<Sent | undefined> {
  const server = await serverOf(t, input.server)
  const { from, to, subject, credentials, secure } = input
  const options = {
    mailhost: server?.mailhost ?? (['127.0.0.1', await freePort()] as const),
    fromaddr: from,
    toaddrs: to,
    subject,
    formatter: () => text,
    onError: 'ignore',
    allowInsecureAuth: true,
    closeTimeout: 9,
    ...(credentials && { credentials }),
    ...(secure && { secure: identityOf(t, secure), tls: { rejectUnauthorized: false } }),
  }
  const handler = construct(options)
  if (!handler) return undefined
  handler.write('{"level":50,"msg":"-"}\n')
  // What fails for the first time here may be tried for a long time.
  await Promise.race([once(handler, 'failure'), new Promise<void>((resolve) => handler.flush(() => resolve()))])
  if (handler.stats.queued > 0) handler.destroy()
  else handler.end()
  await once(handler, 'close')
  assertBalanced(handler.stats)
  return { delivered: handler.stats.delivered, session: server?.sessions[0] }
}

// What the vectors have may be no options of ours. Undefined when the handler cannot be made.
function construct(options: object): Handler | undefined {
  try {
    return Reflect.apply(smtp, undefined, [options])
  } catch {
    return undefined
  }
}

function serverOf(t: TestContext, server: MailInput['server']): Promise<MailServer | undefined> {
  const { auth, starttls, reject, smtputf8, refuse } = server
  if (refuse) return Promise.resolve(undefined)
  const identity = starttls ? certificates(t)?.server : undefined
  return MailServer.start(t, {
    extensions: smtputf8 ? ['SMTPUTF8'] : [],
    user: ['user', 'secret'],
    ...(auth && { auth }),
    ...(identity && { identity }),
    answer(command: string) {
      if (command === 'connect') return reject === 'connect' ? '554 no service' : undefined
      if (reject && command.split(' ', 1)[0] === reject) return `550 rejected at ${reject}`
      return reject && command.startsWith('RCPT') && command.includes(reject) ? '550 no such user' : undefined
    },
  })
}

function identityOf(t: TestContext, secure: readonly string[]): readonly string[] {
  const made = secure.length > 0 ? certificates(t) : undefined
  return made ? writeIdentity(tempDir(t), made.client).slice(0, secure.length) : []
}

// A file may be the only one, and has both then.
function writeIdentity(dir: string, { key, cert }: Identity): readonly string[] {
  writeFileSync(`${dir}/key.pem`, key + cert)
  writeFileSync(`${dir}/cert.pem`, cert)
  return [`${dir}/key.pem`, `${dir}/cert.pem`]
}

function answerOf({ expect }: Case): Answer {
  return expect as Answer
}
