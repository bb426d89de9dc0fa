// Packs every package as it is published and has publint and are-the-types-wrong read the result.
import { execSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packages, root } from './sources.js'

const require = createRequire(import.meta.url)
const publint = join(dirname(require.resolve('publint')), 'cli.js')
const attw = join(dirname(require.resolve('@arethetypeswrong/cli/package.json')), 'dist/index.js')

const folder = mkdtempSync(join(tmpdir(), 'pino-handlers-packed-'))
try {
  const pack = `npm run --silent pnpm -- --recursive --filter "./packages/*" pack --pack-destination "${folder}"`
  execSync(pack, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })

  const tarballs = readdirSync(folder).sort()
  if (tarballs.length !== packages.length) throw new Error(`packed ${tarballs.length} of ${packages.length} packages`)

  for (const tarball of tarballs) {
    const path = join(folder, tarball)
    const failures = [
      [publint, 'run', path, '--strict'],
      [attw, path, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii'],
    ].flatMap((command) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' })
      return status === 0 ? [] : [stdout + stderr]
    })
    console.log([`${tarball}: ${failures.length === 0 ? 'fine' : 'NOT fine'}`, ...failures].join('\n'))
    if (failures.length > 0) process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
