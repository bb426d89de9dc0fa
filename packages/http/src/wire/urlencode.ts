// Names and values as the fields of a form.

import { PythonError, str } from '@pino-handlers/core/python'

/**
 * The pairs as `name=value&...`, values as Python's `str` has them.
 * @throws {PythonError} UnicodeEncodeError for half of a surrogate pair. Python: `urllib.parse.urlencode`.
 */
export function urlencode(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(
      ([name, value]) =>
        `${quotePlus(name)}=${value instanceof Uint8Array ? quoteBytes(value) : quotePlus(str(value))}`,
    )
    .join('&')
}

/** Text as it stands in a form: a space is '+', all but letters, digits and `_.-~` is UTF-8 in %XX. Python: `urllib.parse.quote_plus`. */
export function quotePlus(text: string): string {
  if (/^[\w.~-]*$/.test(text)) return text
  if (!text.isWellFormed()) {
    throw new PythonError(
      'UnicodeEncodeError',
      `'utf-8' codec can't encode a lone surrogate in ${JSON.stringify(text.slice(0, 40))}`,
    )
  }
  return encodeURIComponent(text).replace(/[!'()*]|%20/g, (found) =>
    found === '%20' ? '+' : hexOf(found.charCodeAt(0)),
  )
}

// Python quotes bytes as they are rather than their repr.
function quoteBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte)
    if (character === ' ') return '+'
    return /[\w.~-]/.test(character) ? character : hexOf(byte)
  }).join('')
}

function hexOf(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
