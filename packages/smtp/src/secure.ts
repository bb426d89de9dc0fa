// How the connection to the mail server is secured.

import { type Check, show } from '@pino-handlers/core'
import { type TlsSettings, tlsCheck } from '@pino-handlers/core/net'

/** 'starttls' secures the connection if the server can; 'tls' does so from the first byte. */
export type SecureMode = 'none' | 'starttls' | 'starttls-required' | 'tls'

/** A {@link SecureMode}, or as in Python [], [keyfile] or [keyfile, certfile], which all mean 'starttls-required'. */
export type SecureOption = SecureMode | readonly [] | readonly [string] | readonly [string, string] | null

/** {@link SecureOption} after its check. */
export interface Secure {
  readonly mode: SecureMode
  /** Our key and certificate, from Python's form. */
  readonly identity: TlsSettings
}

const MODES: readonly SecureMode[] = ['none', 'starttls', 'starttls-required', 'tls']

/** The port that a server has by default. */
export const DEFAULT_PORTS: Readonly<Record<SecureMode, number>> = {
  none: 25,
  starttls: 25,
  'starttls-required': 25,
  tls: 465,
}

/** The option `secure`. */
export const secureCheck: Check<Secure> = {
  expected: `${MODES.map((mode) => `'${mode}'`).join(' | ')}, or as in Python [], [keyfile] or [keyfile, certfile]`,
  parse(value, given) {
    if (value === null) return { mode: 'none', identity: {} }
    if (!Array.isArray(value)) {
      const mode = MODES.find((each) => each === value)
      return mode && { mode, identity: {} }
    }
    const [key, cert = key]: readonly unknown[] = value
    if (value.length > 2) return undefined
    if (value.length === 0) return { mode: 'starttls-required', identity: {} }
    if (typeof key !== 'string' || typeof cert !== 'string') throw new Error(`has ${show(value)} where files belong`)
    const identity = tlsCheck.parse({ key, cert }, given)
    return identity ? { mode: 'starttls-required', identity } : undefined
  },
}
