// What an error of the mail server means for the mail.

import { toError } from '@pino-handlers/core'
import { readableError } from '@pino-handlers/core/net'

/** An error of nodemailer. */
export interface MailError extends Error {
  readonly code?: string | undefined
  /** The system's code, where nodemailer has put its own over it. */
  readonly originalCode?: string | undefined
  /** The server's reply, if it is one. */
  readonly responseCode?: number | undefined
  readonly command?: string | undefined
  readonly rejectedErrors?: readonly MailError[] | undefined
  /** Whom the server has not taken. */
  readonly recipient?: string | undefined
}

// Replies that ask for other credentials or another channel: the mail is not at fault.
const AUTH = new Set([530, 534, 535, 538])

const AUTH_CODE = 'EAUTH'

// A password is changed by people.
const AUTH_PAUSE = 900

// What nodemailer says before it has asked the server: the mail cannot be sent as it is.
const UNFIT = new Set(['EENVELOPE', 'EMESSAGE'])

/** Whether the server will never take this mail, so that it must not be tried again. */
export function isRefusal(error: MailError): boolean {
  if (isAuthError(error)) return false
  const { responseCode, command = '', rejectedErrors = [] } = error
  if (rejectedErrors.some((each) => !isRefusal(each))) return false
  if (responseCode === undefined) return UNFIT.has(error.code ?? '')
  return responseCode >= 500 && /^(MAIL|RCPT|DATA)/.test(command)
}

/** Of recipients that the server has not taken, those that it may take later. */
export function deferredBy(errors: readonly MailError[]): readonly string[] {
  return errors.flatMap((error) => (isRefusal(error) ? [] : (error.recipient ?? [])))
}

/** The error as it is told: with the system's code rather than nodemailer's, and one code for all that concerns credentials. */
export function failureOf(thrown: unknown): MailError {
  const error: MailError = toError(thrown)
  const code = isAuthError(error) ? AUTH_CODE : (error.originalCode ?? error.code)
  return Object.assign(new Error(readableError(error).message, { cause: error }), {
    code,
    responseCode: error.responseCode,
  })
}

/** An error of ours about credentials. */
export function authError(message: string): MailError {
  return Object.assign(new Error(message), { code: AUTH_CODE })
}

/** How long to leave the server alone after an error that does not mend by itself, in seconds. */
export function pauseAfter(error: MailError): number | undefined {
  return isAuthError(error) ? AUTH_PAUSE : undefined
}

// 4xx is a server that cannot ask its users' database now.
function isAuthError({ code, responseCode = 0 }: MailError): boolean {
  return AUTH.has(responseCode) || (code === AUTH_CODE && (responseCode < 400 || responseCode >= 500))
}
