// Python's aiosmtpd, which is not ours, in a process of its own.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { skipWithout } from './required.js'
import { freePort, ServerProcess } from './server-process.js'
import { tempDir } from './temp-dir.js'

// The package of the system belongs to its own Python, which may not be the first one.
const PYTHONS = ['python3', '/usr/bin/python3']

/** How the server is reached. */
export interface AiosmtpdOptions {
  readonly tls: 'none' | 'starttls' | 'tls'
  /** Mails are taken only after a login as user, secret. */
  readonly auth: boolean
  readonly identity: { readonly key: string; readonly cert: string }
}

/** A running server. */
export interface Aiosmtpd {
  readonly mailhost: readonly [string, number]
  /** The mails that it has taken, as CPython's email package reads them. */
  mails(): readonly unknown[]
}

/** Starts a server, stopped after the test; skips the test where python3-aiosmtpd is missing. */
export async function startAiosmtpd(t: TestContext, options: AiosmtpdOptions): Promise<Aiosmtpd | undefined> {
  const command = PYTHONS.find((each) => spawnSync(each, ['-c', 'import aiosmtpd.controller']).status === 0)
  if (!command) return skipWithout(t, 'python3-aiosmtpd')
  const port = await freePort()
  const dir = tempDir(t)
  const { tls, auth, identity } = options
  const input = JSON.stringify({ port, dir, tls, auth, ...identity })
  const server = await ServerProcess.start({
    command,
    args: ['test/python/mail_server.py', input],
    env: process.env,
    accepts: [{ host: '127.0.0.1', port }],
  })
  t.after(() => server.stop())
  const mails = (): unknown[] =>
    readdirSync(dir)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')))
  return { mailhost: ['127.0.0.1', port], mails }
}
