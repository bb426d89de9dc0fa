// A session with a mail server: nodemailer's connection, with the login that we allow.

import { type TlsSettings, tlsConnectOptions } from '@pino-handlers/core/net'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { authError, type MailError } from './failure.js'
import { withoutPassword } from './secrets.js'
import type { SecureMode } from './secure.js'

/** User name and password. */
export type Credentials = readonly [username: string, password: string]

/** A mail server, and how to talk to it. */
export interface MailTarget {
  readonly host: string
  readonly port: number
  readonly secure: SecureMode
  readonly tls: TlsSettings
  readonly credentials: Credentials | undefined
  readonly allowInsecureAuth: boolean
  /** In seconds, for each answer. */
  readonly timeout: number
}

// Python's order.
const METHODS = ['CRAM-MD5', 'PLAIN', 'LOGIN']

/**
 * Starts a session; `done` is called when the server is ready for mails, and hears whether it takes addresses that are not
 * ASCII, or with what went wrong before. Throws when a file of `tls` cannot be read.
 */
export function startSession(
  target: MailTarget,
  done: (error: MailError | null | undefined, takesUtf8: boolean) => void,
): SMTPConnection {
  const timeout = target.timeout * 1000
  const session = new SMTPConnection({
    host: target.host,
    port: target.port,
    secure: target.secure === 'tls',
    requireTLS: target.secure === 'starttls-required',
    ignoreTLS: target.secure === 'none',
    tls: tlsConnectOptions(target.tls),
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    dnsTimeout: timeout,
    socketCloseTimeout: 1000,
  })
  session.connect((error) => {
    // The last answer is that to EHLO.
    const offer = session.lastServerResponse || ''
    const isReady = (failed?: MailError | null): void => done(failed, /^250[ -]SMTPUTF8\b/im.test(offer))
    if (error || !target.credentials) isReady(error)
    else login(session, target, { offer, credentials: target.credentials }, isReady)
  })
  return session
}

function login(
  session: SMTPConnection,
  { allowInsecureAuth }: MailTarget,
  { offer, credentials }: { readonly offer: string; readonly credentials: Credentials },
  done: (error?: MailError | null) => void,
): void {
  if (!session.secure && !allowInsecureAuth) {
    done(authError('the connection is not secured, and credentials are sent without that only with allowInsecureAuth'))
    return
  }
  const offered = offeredMethods(offer)
  const methods = METHODS.filter((each) => offered.includes(each))
  if (methods.length > 0) tryMethods(session, credentials, methods, done)
  else
    done(authError(`the server offers no way to log in that is known here; it offers ${offered.join(', ') || 'none'}`))
}

// As in Python, what is refused in one way is tried in the next.
function tryMethods(
  session: SMTPConnection,
  [user, pass]: Credentials,
  [method = '', ...others]: readonly string[],
  done: (error?: MailError | null) => void,
): void {
  session.login({ user, pass, method }, (error: MailError | null | undefined) => {
    const isRefused = error?.responseCode !== undefined && error.responseCode >= 500
    if (isRefused && others.length > 0) tryMethods(session, [user, pass], others, done)
    else done(error && withoutPassword(error, [user, pass]))
  })
}

function offeredMethods(response: string): readonly string[] {
  const lines = [...response.matchAll(/^250[ -]AUTH[ =](.*)$/gim)]
  return [...new Set(lines.flatMap(([, methods = '']) => methods.trim().toUpperCase().split(/\s+/)))]
}
