// Certificates for servers on this machine and their clients, by an authority that nobody else knows.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { skipWithout } from './required.js'

/** A certificate and its private key, in PEM, as the options of node:tls take them. */
export interface Identity {
  readonly cert: string
  readonly key: string
}

/** An authority and whom it vouches for. */
export interface Certificates {
  /** The certificate of the authority, in PEM. */
  readonly ca: string
  /** A server's, for localhost and 127.0.0.1. */
  readonly server: Identity
  /** A client's. */
  readonly client: Identity
  /** A server's for other.example. */
  readonly otherName: Identity
  /** A server's for localhost and 127.0.0.1 whose time is over. */
  readonly expired: Identity
}

let made: Certificates | undefined

/** The certificates of this test run; the test is skipped where openssl 3 is missing. */
export function certificates(t: Pick<TestContext, 'skip'>): Certificates | undefined {
  try {
    made ??= makeCertificates()
    return made
  } catch (error) {
    return skipWithout(t, `openssl 3 (${error})`)
  }
}

const HERE = 'DNS:localhost,IP:127.0.0.1'

function makeCertificates(): Certificates {
  const dir = mkdtempSync(join(tmpdir(), 'pino-handlers-ca-'))
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'key.pem']

  function identity(name: string, days: number): Identity {
    openssl('req', '-new', ...newKey, '-subj', '/CN=test', '-addext', `subjectAltName=${name}`, '-out', 'request.pem')
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-copy_extensions', 'copy']
    openssl('x509', '-req', '-in', 'request.pem', ...by, '-days', String(days), '-out', 'cert.pem')
    return { cert: readFileSync(join(dir, 'cert.pem'), 'utf8'), key: readFileSync(join(dir, 'key.pem'), 'utf8') }
  }

  try {
    openssl('req', '-x509', ...newKey, '-keyout', 'ca-key.pem', '-subj', '/CN=test CA', '-days', '2', '-out', 'ca.pem')
    return {
      ca: readFileSync(join(dir, 'ca.pem'), 'utf8'),
      server: identity(HERE, 2),
      client: identity('DNS:client.example', 2),
      otherName: identity('DNS:other.example', 2),
      expired: identity(HERE, -1),
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
