// The `tls` option, and what of it a connection needs.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import { flag, name, oneOf, text } from '../checks.js'
import { toError } from '../errors.js'
import { isObject } from '../is-object.js'
import { type Check, type Checks, type Given, parseAll, show } from '../options.js'

/** A certificate or key: PEM as text or bytes, or the path of a file, which is read again at each connection. */
export type PemSource = string | Uint8Array

/** How to secure a connection. Node has the same names, but for `alpn`. */
export interface TlsOptions {
  /** The authorities to trust, instead of those that Node trusts. */
  ca?: PemSource
  /** Our certificate, for a server that asks for one, with those that lead to its authority. */
  cert?: PemSource
  /** The key of `cert`. */
  key?: PemSource
  /** What `key` or `pfx` is encrypted with. */
  passphrase?: string
  /** `cert` and `key` in one, as PKCS #12: bytes, or the path of a file. */
  pfx?: PemSource
  /** The name that the server's certificate must have. Default: the host. */
  servername?: string
  /** The oldest version to speak. Default: Node's, which is 'TLSv1.2'. */
  minVersion?: 'TLSv1.2' | 'TLSv1.3'
  /** Refuse a server whose certificate is not trusted. Default: true. */
  rejectUnauthorized?: boolean
  /** Application protocols to offer, such as ['syslog-tls']. */
  alpn?: readonly string[]
}

type Read = () => string | Buffer

/** {@link TlsOptions} after their checks. */
export interface TlsSettings {
  readonly ca?: Read
  readonly cert?: Read
  readonly key?: Read
  readonly passphrase?: string
  readonly pfx?: Read
  readonly servername?: string
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3'
  readonly rejectUnauthorized?: boolean
  readonly alpn?: readonly string[]
}

const pem: Check<Read> = { expected: 'PEM as text or bytes, or the path of a file', parse: parseSource }

// What was given for it stands in no error.
const secretText: Check<string> = {
  expected: text.expected,
  parse(value) {
    if (typeof value !== 'string') throw new Error(`must be ${text.expected}`)
    return value
  },
}

const checks = {
  ca: { expected: pem.expected, parse: parseAuthority },
  cert: pem,
  key: pem,
  passphrase: secretText,
  pfx: { expected: 'PKCS #12 as bytes, or the path of a file', parse: parseSource },
  servername: name,
  minVersion: oneOf('TLSv1.2', 'TLSv1.3'),
  rejectUnauthorized: flag,
  alpn: {
    expected: "a list of names such as ['syslog-tls']",
    parse: (value) => (isNames(value) && value.length > 0 ? value : undefined),
  },
} as const satisfies Checks<TlsOptions>

/** The option `tls`: true for Node's defaults, {@link TlsOptions}, or false. */
export const tlsCheck: Check<TlsSettings | false> & { readonly secret: readonly string[] } = {
  expected: "true, false, or an object such as { ca: '/etc/ssl/logs-ca.pem' }",
  secret: ['key', 'pfx', 'passphrase'],
  parse(value) {
    if (typeof value === 'boolean') return value && {}
    if (!isObject(value)) return undefined
    const settings = parseEntries(value)
    tryOut(settings)
    return settings
  },
}

/** The options of Node that {@link TlsOptions} become. */
export type TlsConnectOptions = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'servername' | 'minVersion' | 'rejectUnauthorized' | 'ALPNProtocols'
>

/** What `tls.connect` needs beside the address, the files as they are now; throws when one cannot be read. */
export function tlsConnectOptions(settings: TlsSettings): TlsConnectOptions {
  const { ca, cert, key, pfx, alpn, ...rest } = settings
  return {
    ...rest,
    ...(ca && { ca: ca() }),
    ...(cert && { cert: cert() }),
    ...(key && { key: key() }),
    ...(pfx && { pfx: pfx() }),
    ...(alpn && { ALPNProtocols: [...alpn] }),
  }
}

// What OpenSSL calls its reasons, and the alerts by which a server refuses our certificate.
const CERTIFICATE = /CERT|^CRL_|^UNABLE_TO_|^INVALID_(CA|PURPOSE)$|UNKNOWN_CA$|^PATH_LENGTH_|^HOSTNAME_MISMATCH$/

/** Whether a connection failed for a certificate, which trying again soon does not mend. */
export function isCertificateError(error: Error & { readonly code?: unknown }): boolean {
  return typeof error.code === 'string' && CERTIFICATE.test(error.code)
}

/** Node's TLS, which is loaded when it is asked for: most handlers do without, and it takes longer than all of core. */
export function tlsModule(): typeof import('node:tls') {
  return process.getBuiltinModule('node:tls')
}

function parseEntries(given: Given): TlsSettings {
  try {
    // Each entry has gone through its check, which has the type that TlsSettings says.
    return parseAll(checks, given) as TlsSettings
  } catch (error) {
    throw new Error(`has a wrong entry: ${toError(error).message}`, { cause: error })
  }
}

// A wrong passphrase or a key of another certificate should be found now, not at the first connection.
function tryOut(settings: TlsSettings): void {
  const { ca, cert, key, pfx } = settings
  if (cert && !key) throw new Error('has a cert without its key')
  if (key && !cert) throw new Error('has a key without its cert')
  if (!ca && !cert && !pfx) return
  try {
    tlsModule().createSecureContext(tlsConnectOptions(settings))
  } catch (error) {
    throw new Error(`cannot be used: ${toError(error).message}`, { cause: error })
  }
}

// A secure context ignores an authority that is none, and then trusts nobody.
function parseAuthority(value: unknown): Read | undefined {
  const read = parseSource(value)
  try {
    if (read) new (process.getBuiltinModule('node:crypto').X509Certificate)(read())
  } catch (error) {
    throw new Error(`holds no certificate: ${toError(error).message}`, { cause: error })
  }
  return read
}

// Bytes arrive in a worker as a plain Uint8Array.
function parseSource(value: unknown): Read | undefined {
  if (value instanceof Uint8Array) return () => Buffer.from(value)
  if (typeof value !== 'string' || value === '') return undefined
  if (value.includes('-----BEGIN')) return () => value
  const path = resolve(value)
  const read = (): Buffer => readFileSync(path)
  try {
    read()
  } catch (error) {
    throw new Error(`names the file ${show(path)}, which cannot be read: ${toError(error).message}`, { cause: error })
  }
  return read
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '')
}
