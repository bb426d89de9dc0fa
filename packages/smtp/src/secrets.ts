// What a server says may repeat what it was told.

import { redact } from '@pino-handlers/core'
import type { MailError } from './failure.js'

/** The error of a login without the password, in whichever form a server may repeat it. */
export function withoutPassword(error: MailError, [user, password]: readonly [string, string]): MailError {
  const forms = [password, `\0${user}\0${password}`].flatMap((text) => [Buffer.from(text).toString('base64'), text])
  const message = redact(error.message, forms)
  // A new one: what nodemailer has made has the reply in several places.
  const { code, responseCode, command } = error
  return Object.assign(new Error(message), { code, responseCode, command })
}
