// The options that say which server, and as whom.

import { type Check, isObject, required, show } from '@pino-handlers/core'
import { type TlsSettings, tlsCheck } from '@pino-handlers/core/net'
import type { Header } from './wire/message.js'

/** A server's name or address, and its port if it is given. */
export interface Server {
  /** As it was given, which is what Python sends as `Host`. */
  readonly host: string
  /** Without brackets. */
  readonly hostname: string
  readonly port: number | undefined
}

/** The option `host`. */
export const serverCheck: Check<Server> & { readonly required: true } = required({
  expected: "a host name or address, with a port if need be, such as 'localhost:8080'",
  parse(value) {
    if (typeof value !== 'string' || value === '') return undefined
    // What stands before an @ may be a password.
    if (value.includes('@')) throw new Error('has an @ in it: who asks is said by the option credentials')
    if (/[\\/]/.test(value)) throw new Error(`is ${show(value)}: a host is given without scheme and path`)
    const [, bracketed, plain, digits] = /^(?:\[([\da-f:.%]+)\]|([^\s:[\]\0-\x1f]+))(?::(\d+))?$/i.exec(value) ?? []
    const hostname = bracketed ?? plain
    const port = digits === undefined ? undefined : Number(digits)
    return hostname !== undefined && (port === undefined || (port >= 1 && port <= 65_535))
      ? { host: value, hostname, port }
      : undefined
  },
})

/** The option `url`. It may have a secret in it, so errors do not repeat it. */
export const urlCheck: Check<string> = {
  expected: "a path with or without a query, such as '/log?app=1'",
  secret: true,
  parse(value) {
    if (typeof value !== 'string') return undefined
    if (!value.startsWith('/')) throw new Error('must begin with a slash: it is what follows the host')
    if (/[^\x21-\x7e]/.test(value))
      throw new Error('must have no spaces, control or non-ASCII characters: they go as %XX')
    return value
  },
}

/** The option `method`, in any case. Python: "method must be GET or POST". */
export const methodCheck: Check<'GET' | 'POST'> = {
  expected: "'GET' | 'POST'",
  parse(value) {
    const method = typeof value === 'string' ? value.toUpperCase() : undefined
    return method === 'GET' || method === 'POST' ? method : undefined
  },
}

/** The option `credentials`, whose values no error repeats. */
export const credentialsCheck: Check<readonly [user: string, password: string]> = {
  expected: '[user, password]',
  secret: true,
  parse(value) {
    const [user, password, ...more]: readonly unknown[] = Array.isArray(value) ? value : []
    if (typeof user !== 'string' || typeof password !== 'string' || more.length > 0)
      throw new Error('must be [user, password], two strings')
    if (!user.isWellFormed() || !password.isWellFormed())
      throw new Error('has half of a surrogate pair, which is no text')
    if (user.includes(':')) throw new Error('has a user with a colon, which is where the password begins')
    return [user, password]
  },
}

/** The option `context`. */
export const contextCheck: Check<TlsSettings> = {
  expected: "an object such as { ca: '/etc/ssl/logs-ca.pem' }",
  secret: tlsCheck.secret,
  parse(value, given) {
    if (given.secure !== true) throw new Error('only makes sense with secure: true')
    return typeof value === 'boolean' ? undefined : tlsCheck.parse(value, given) || undefined
  },
}

// Those that say where the body ends, and how long the connection lives, are ours.
const OWN = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'content-encoding',
  'idempotency-key',
])

/** The option `headers`, whose values no error repeats. */
export const headersCheck: Check<readonly Header[]> = {
  expected: "an object such as { 'x-api-key': 'key' }",
  secret: true,
  parse(value, given) {
    if (!isObject(value)) throw new Error("must be an object such as { 'x-api-key': 'key' }")
    const seen = new Set(given.credentials === undefined ? [] : ['authorization'])
    return Object.entries(value).map(([name, content]: [string, unknown]) => {
      // What follows a colon may be a secret.
      const [start = ''] = name.split(':')
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new Error(`has a name that no header can have: ${show(start)}...`)
      if (OWN.has(name.toLowerCase())) throw new Error(`has ${show(name)}, which this handler sets itself`)
      if (seen.has(name.toLowerCase())) throw new Error(`has ${show(name)}, which is set already`)
      seen.add(name.toLowerCase())
      if (typeof content !== 'string' || /[^\t\x20-\x7e\x80-\xff]/.test(content))
        throw new Error(`has for ${show(name)} a value that no header can have`)
      return [name, content]
    })
  },
}
