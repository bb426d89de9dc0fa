// Python's aiosmtpd, which is not ours, in a process of its own.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Identity } from './certificates.js'
import { skipWithout } from './required.js'
import { freePort, ServerProcess } from './server-process.js'
import { tempDir } from './temp-dir.js'

// The package of the system belongs to its own Python, which may not be the first one.
const PYTHONS = ['python3', '/usr/bin/python3']

/** How a server is reached. */
export interface ServerMode {
  readonly tls: 'none' | 'starttls' | 'tls'
  /** Mails are taken only after a login as user, secret. */
  readonly auth: boolean
}

/** A running server. */
export interface ModeServer {
  readonly mailhost: readonly [string, number]
  /** The mails that it has taken, as CPython's email package reads them. */
  mails(): readonly unknown[]
}

/** Starts servers, stopped after the test; skips the test where python3-aiosmtpd is missing. */
export async function startAiosmtpd(
  t: TestContext,
  modes: readonly ServerMode[],
  identity: Identity,
): Promise<readonly ModeServer[] | undefined> {
  const command = PYTHONS.find((each) => spawnSync(each, ['-c', 'import aiosmtpd.controller']).status === 0)
  if (!command) return skipWithout(t, 'python3-aiosmtpd')
  const dir = tempDir(t)
  const servers: (ServerMode & { readonly port: number; readonly dir: string })[] = []
  for (const [n, mode] of modes.entries()) {
    servers.push({ ...mode, port: await freePort(), dir: join(dir, String(n)) })
    mkdirSync(join(dir, String(n)))
  }
  const running = await ServerProcess.start({
    command,
    args: ['test/python/mail_server.py', JSON.stringify({ ...identity, servers })],
    env: process.env,
    accepts: servers.map(({ port }) => ({ host: '127.0.0.1', port })),
  })
  t.after(() => running.stop())
  return servers.map((server) => ({ mailhost: ['127.0.0.1', server.port], mails: () => mailsIn(server.dir) }))
}

function mailsIn(dir: string): readonly unknown[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')))
}
