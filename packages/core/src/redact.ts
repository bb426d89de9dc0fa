// Keeping secrets out of what is told.

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]'

/** `text` without the secrets. */
export function redact(text: string, secrets: readonly string[]): string {
  // The longest first, since others may be parts of it.
  const pattern = secrets
    .filter((secret) => secret !== '')
    .sort((a, b) => b.length - a.length)
    .map((secret) => secret.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
    .join('|')
  return pattern === '' ? text : text.replaceAll(new RegExp(pattern, 'g'), REDACTED)
}
