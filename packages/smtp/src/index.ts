// Records as mails.

import {
  bytes,
  type Check,
  type Checks,
  type CommonJs,
  type CommonOptions,
  checkOption,
  commonChecks,
  commonDefaults,
  count,
  type FormatRecord,
  type FunctionOption,
  flag,
  functionOption,
  Handler,
  HandlerOptionError,
  type OptionTable,
  optionTable,
  positiveCount,
  type Resolved,
  required,
  resolveOptions,
  type Size,
  seconds,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'
import { defaultFormat } from '@pino-handlers/core/formatter'
import { type RetryOptions, retryChecks, retryDefaults, type TlsOptions, tlsCheck } from '@pino-handlers/core/net'
import { MailSink } from './mail-sink.js'
import { fromCheck, toCheck } from './mailbox.js'
import { mailhostCheck } from './mailhost.js'
import { recipientsCheck } from './routes.js'
import { DEFAULT_PORTS, type SecureOption, secureCheck } from './secure.js'
import type { Credentials } from './session.js'
import { subjectCheck, subjectFrom } from './subject.js'

/** Options of {@link smtp}. */
export interface SmtpOptions extends CommonOptions, RetryOptions {
  /** The mail server: a host, or [host, port]. The port is 25, or 465 with secure 'tls'. Python: `mailhost`. */
  mailhost: string | readonly [host: string, port: number]
  /** The sender. Python: `fromaddr`. */
  fromaddr: string
  /** The recipients. Python: `toaddrs`. */
  toaddrs: string | readonly string[]
  /** The subject: a text, or a format over the record, such as '%(levelname)s in %(name)s'. Python: `subject`. */
  subject: string
  /** User name and password. Python: `credentials`. */
  credentials?: Credentials
  /** How the connection is secured, with credentials and without; also Python's [], [keyfile] and [keyfile, certfile]. Python: `secure`. */
  secure?: SecureOption
  /** What there is to say about TLS, such as the authority to trust. Python has none, and trusts everybody. */
  tls?: TlsOptions
  /** Log in also when the connection is not secured: whoever listens reads the password. Python does. */
  allowInsecureAuth?: boolean
  /** Seconds to wait for each answer of the server. Python: `timeout`. */
  timeout?: number
  /** The subject of a record's mail. Python: `SMTPHandler.getSubject`. */
  getSubject?: FunctionOption<FormatRecord>
  /** Mails in any hour; what is over waits for a digest. 0 is no limit, as in Python. */
  maxMailsPerHour?: number
  /** Seconds between digests: the first record has a mail at once, those that follow share one after so long. 0 is a mail for each. Not in Python. */
  digest?: number
  /** Seconds in which records that tell of the same thing have one mail; the others share one at the end. Not in Python. */
  dedupe?: number
  /** Records below `level` to show in the mail of the next one at or above it. Not in Python. */
  contextRecords?: number
  /** Recipients of a level and those above it, instead of `toaddrs`. Not in Python. */
  recipients?: Readonly<Record<string, string | readonly string[]>>
  /** Send the mail as HTML beside the text. Not in Python. */
  html?: boolean
  /** Bytes of text above which a mail has only the beginning, and all of it as an attachment (gzip); 0 has none. Not in Python. */
  attachAbove?: Size
  /** Sessions with the mail server at a time; another one begins when mails wait. 1 keeps mails in order. Not in Python. */
  maxConnections?: number
  /** Bytes of mails to hold while the server does not take them; records beyond that wait for a digest. Not in Python. */
  maxQueueBytes?: Size
}

// Its value never stands in a message.
const credentialsCheck: Check<Credentials> = {
  expected: '[username, password]',
  secret: true,
  parse(value) {
    const [user, password]: readonly unknown[] = Array.isArray(value) && value.length === 2 ? value : []
    if (typeof user === 'string' && user !== '' && typeof password === 'string' && password !== '')
      return [user, password]
    throw new Error('must be [username, password], two strings with something in them')
  },
}

const timeoutCheck: Check<number> = {
  expected: 'a number of seconds above 0, at most 2147483',
  parse: (value) => (typeof value === 'number' && value > 0 && value <= 2_147_483 ? value : undefined),
}

const tlsOptionsCheck: Check<Exclude<ReturnType<typeof tlsCheck.parse>, false | undefined>> = {
  expected: "an object such as { ca: '/etc/ssl/mail-ca.pem' }",
  secret: tlsCheck.secret,
  parse: (value, given) => (typeof value === 'object' && tlsCheck.parse(value, given)) || undefined,
}

const checks = {
  mailhost: mailhostCheck,
  fromaddr: fromCheck,
  toaddrs: required(toCheck),
  subject: subjectCheck,
  credentials: credentialsCheck,
  secure: secureCheck,
  tls: tlsOptionsCheck,
  allowInsecureAuth: flag,
  timeout: timeoutCheck,
  getSubject: functionOption<FormatRecord>('(record) => string'),
  maxMailsPerHour: count,
  digest: seconds,
  dedupe: seconds,
  contextRecords: count,
  recipients: recipientsCheck,
  html: flag,
  attachAbove: bytes,
  maxConnections: positiveCount,
  maxQueueBytes: bytes,
  ...retryChecks,
  ...commonChecks,
} satisfies Checks<SmtpOptions>

const defaults = {
  allowInsecureAuth: false,
  timeout: 5,
  maxMailsPerHour: 60,
  digest: 0,
  dedupe: 0,
  contextRecords: 0,
  html: false,
  attachAbove: 256 * 1024,
  maxConnections: 5,
  maxQueueBytes: 16 * 1024 * 1024,
  ...retryDefaults,
  ...commonDefaults,
}

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)

/**
 * Sends records as mails: one for each as long as there are not too many, and no more than a number in an hour; what is
 * over is counted in a digest. Times are seconds, sizes are bytes. Throws a HandlerOptionError for a wrong option.
 * Python: `logging.handlers.SMTPHandler`.
 */
export default function smtp(options: SmtpOptions): Handler {
  const settings = resolve(options)
  const { mailhost, secure, tls, credentials, allowInsecureAuth, level, contextRecords, getSubject } = settings
  const target = {
    ...mailhost,
    port: mailhost.port ?? DEFAULT_PORTS[secure.mode],
    secure: secure.mode,
    tls: checkOption('smtp', 'tls', () => ({ ...secure.identity, ...tls })),
    credentials,
    allowInsecureAuth,
    timeout: settings.timeout,
  }
  const mails = {
    ...settings,
    target,
    from: settings.fromaddr,
    routes: [{ level: 0, to: settings.toaddrs }, ...(settings.recipients ?? [])] as const,
    subjectOf: getSubject ? subjectFrom(getSubject) : settings.subject,
    plan: {
      maxMailsPerHour: settings.maxMailsPerHour,
      digest: settings.digest * 1000,
      dedupe: settings.dedupe * 1000,
    },
    level: contextRecords > 0 ? (level ?? 0) : 0,
  }
  // A line of JSON is nothing to read in a mail: without a formatter it is Python's own.
  const formatter = settings.formatter ?? defaultFormat()
  const intake = { ...settings, formatter, terminator: '', level: contextRecords > 0 ? undefined : level }
  return new Handler({ name: 'smtp', settings: intake, readsRecords: true }, (monitor) => new MailSink(mails, monitor))
}

/** {@link smtp} as a target of `pino.transport()`, with options that are checked at once. */
export function smtpTarget(options: SmtpOptions, level?: string): WorkerTarget {
  return workerTarget('smtp', import.meta.url, { options, level }, () => resolve(options))
}

type Settings = Resolved<typeof checks, typeof defaults>

function resolve(options: SmtpOptions): Settings & { readonly secure: NonNullable<Settings['secure']> } {
  const settings = resolveOptions('smtp', checks, defaults, options)
  const { secure = { mode: 'none', identity: {} }, tls, credentials, allowInsecureAuth, contextRecords } = settings
  if (credentials && secure.mode === 'none' && !allowInsecureAuth) {
    const need = `needs "secure", such as 'starttls-required': without it the password can be read on its way`
    throw new HandlerOptionError(`[smtp] option "credentials" ${need}; allowInsecureAuth: true sends it all the same`)
  }
  if (contextRecords > 0 && settings.level === undefined)
    throw new HandlerOptionError('[smtp] option "contextRecords" needs "level": the records below it are the context')
  if (tls && secure.mode === 'none')
    throw new HandlerOptionError(`[smtp] option "tls" has no meaning without "secure", such as 'starttls-required'`)
  return { ...settings, secure }
}

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof smtp, typeof import('./index.js')> = Object.assign(smtp, { smtp, smtpTarget, options })

export { commonJs as 'module.exports', smtp }
