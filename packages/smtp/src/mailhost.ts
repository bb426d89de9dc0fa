// Where the mail server is.

import { type Check, show } from '@pino-handlers/core'

/** A mail server; without a port it is the usual one of the way that the connection is secured. */
export interface Mailhost {
  readonly host: string
  readonly port: number | undefined
}

/** The option `mailhost`: a host, or [host, port], where port 0 is the usual one as in Python. */
export const mailhostCheck: Check<Mailhost> & { readonly required: true } = {
  expected: 'a host name or address, or [host, port]',
  required: true,
  parse(value) {
    if (typeof value === 'string') return parseHost(value, undefined)
    if (!Array.isArray(value) || value.length !== 2) return undefined
    const [host, port]: readonly unknown[] = value
    if (typeof host !== 'string') return undefined
    if (typeof port !== 'number' || !Number.isInteger(port) || port < 0 || port > 65_535)
      throw new Error(`has the port ${show(port)}; a port is a number from 0 to 65535`)
    return parseHost(host, port || undefined)
  },
}

function parseHost(value: string, port: number | undefined): Mailhost | undefined {
  const host = value.replace(/^\[(.*)\]$/, '$1')
  if (host === '') return undefined
  if (/[\s\0/\\]/.test(host)) throw new Error(`is ${show(value)}: a host has no spaces and no slashes`)
  if (host.includes('@')) throw new Error(`is ${show(value)}: who we are is given as option "credentials"`)
  // Python looks for a host of that name.
  if (/^[^:]+:\d*$|\]:\d*$/.test(host)) throw new Error(`is ${show(value)}: a port is given as [host, port]`)
  return { host, port }
}
