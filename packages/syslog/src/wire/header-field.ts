// What stands in a header: printable ASCII without spaces, of limited length.

import { isIP } from 'node:net'

/** How long the fields of RFC 5424 may be, in characters. */
export const MAX_FIELD = { hostname: 255, appName: 48, procId: 128, msgId: 32, sdName: 32 } as const

/** A text as a field of RFC 5424: what it must not have becomes `_`, and an empty one is `-`, the NILVALUE. */
export function headerField(text: string, maxLength: number): string {
  if (text === '') return '-'
  return (NOT_PRINTABLE.test(text) ? text.replace(ALL_NOT_PRINTABLE, '_') : text).slice(0, maxLength)
}

const NOT_PRINTABLE = /[^!-~]/
const ALL_NOT_PRINTABLE = /[^!-~]/gu

/** A host's name as RFC 3164 wants it: without the domain, `-` if there is none. An address stays whole. */
export function shortHostname(hostname: string): string {
  const [host = ''] = isIP(hostname) === 0 ? hostname.split('.') : [hostname]
  return headerField(host, MAX_FIELD.hostname)
}

/** A program's name as the tag of RFC 3164, which a daemon reads up to the first character that no name has; at most 32 characters. */
export function tag(name: string): string {
  return name.replace(/[^\w./-]/gu, '_').slice(0, 32)
}

/** The program's name in a Python `ident`, which ends in what separates it from the message: `app: ` is `app`. */
export function identName(ident: string): string {
  return ident.replace(/[\s:]+$/, '')
}
