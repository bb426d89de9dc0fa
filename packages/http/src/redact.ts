// Keeping secrets out of what is told: a server may repeat in its answer what it was sent.

import type { Header } from './wire/message.js'

const SECRET_HEADER = /auth|key|token|secret|cookie|session|password/i

/** What must never be told: passwords and the values of headers that may be secret. */
export function secretsOf(
  credentials: readonly [string, string] | undefined,
  headers: readonly Header[],
): readonly string[] {
  const own = credentials ? [credentials[1], Buffer.from(credentials.join(':')).toString('base64')] : []
  const given = headers
    .filter(([name]) => SECRET_HEADER.test(name))
    .flatMap(([, value]) => [value, ...value.split(/\s+/).slice(1)])
  return [...own, ...given].filter((secret) => secret !== '').sort((a, b) => b.length - a.length)
}

/** `text` without the secrets. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text)
}
