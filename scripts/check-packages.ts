// Packs every package as it is published and has publint and are-the-types-wrong read the result.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { packAll } from './install/pack.js'
import { root } from './sources.js'

const require = createRequire(import.meta.url)
const publint = join(dirname(require.resolve('publint')), 'cli.js')
const attw = join(dirname(require.resolve('@arethetypeswrong/cli/package.json')), 'dist/index.js')

const folder = mkdtempSync(join(tmpdir(), 'pino-handlers-packed-'))
try {
  const left = Object.entries(packAll(folder)).values()
  const check = async (): Promise<void> => {
    for (const [name, tarball] of left) {
      const wrong = await complaintsOf(tarball)
      console.log([`${name}: ${wrong.length === 0 ? 'fine' : 'NOT fine'}`, ...wrong].join('\n'))
      if (wrong.length > 0) process.exitCode = 1
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, check))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function complaintsOf(tarball: string): Promise<string[]> {
  const wrong: string[] = []
  for (const [command, ...args] of [
    [publint, 'run', tarball, '--strict'],
    [attw, tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii'],
  ] as const) {
    await promisify(execFile)(process.execPath, [command, ...args], { cwd: root }).catch(
      (error: { stdout: string; stderr: string }) => wrong.push(error.stdout + error.stderr),
    )
  }
  return wrong
}
