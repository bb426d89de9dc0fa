// Keeping secrets out of what is told: a server may repeat in its answer what it was sent.

import { redact } from '@pino-handlers/core'
import type { Header } from './wire/message.js'

/** Where secrets may be. */
export interface SecretSettings {
  readonly credentials: readonly [user: string, password: string] | undefined
  readonly headers: readonly Header[] | undefined
  readonly url: string | undefined
}

const SECRET = /auth|key|token|secret|cookie|session|pass|sign/i

// Headers that say what a body is, or who asks, which everybody may know.
const HARMLESS = /^(accept|accept-.*|content-.*|user-agent|date|from|origin|referer)$/i

// What has no telling name may be a token if it is as long as this; in a path, as those of webhooks are.
const TOKEN = 8
const PATH_TOKEN = 16

/** What must never be told: passwords, values of headers, the query of the url and what looks like a token in its path. */
export function secretsOf({ credentials, headers = [], url = '' }: SecretSettings): readonly string[] {
  const own = credentials ? [credentials[1], Buffer.from(credentials.join(':')).toString('base64')] : []
  const given = headers
    .filter(([name, { length }]) => SECRET.test(name) || (length >= TOKEN && !HARMLESS.test(name)))
    .flatMap(([, value]) => [value, ...value.split(/\s+/).slice(1)])
  return [...new Set([...own, ...given, ...urlSecrets(url)].flatMap(spellings))]
}

/** The error, or one without the secrets that stand in its message. */
export function redactError(error: Error & { code?: string }, secrets: readonly string[]): Error {
  const message = redact(error.message, secrets)
  return message === error.message ? error : Object.assign(new Error(message), { code: error.code })
}

function urlSecrets(url: string): readonly string[] {
  const [path = '', ...rest] = url.split('?')
  const query = rest.join('?')
  const values = query.split('&').flatMap((field) => {
    const [name = '', ...value] = field.split('=')
    const text = value.join('=')
    return SECRET.test(name) || text.length >= TOKEN ? [text] : []
  })
  return [query, ...values, ...path.split('/').filter(({ length }) => length >= PATH_TOKEN)]
}

// As it may be repeated: in JSON, in HTML, in a url.
function spellings(secret: string): readonly string[] {
  const html = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
  return [secret, JSON.stringify(secret).slice(1, -1), html, encoded(secret), decoded(secret)]
}

function encoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : text
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
