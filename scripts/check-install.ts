// Packs every package as it is published, installs the result into empty projects with npm, pnpm and Yarn PnP, and logs
// through every handler there: in-process, in pino's worker by name and by target helper, and by the command line. It
// needs the registry, for pino and what else they depend on. Words choose among the package managers.

import { execSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { managers } from './install/managers.js'
import { packAll } from './install/pack.js'
import { tryManager } from './install/project.js'

// The one that is tested with.
const { version: pinoVersion }: { version: string } = createRequire(import.meta.url)('pino/package.json')
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pino-handlers-installed-')))
try {
  const packed = {
    tarballs: packAll(folder),
    pino: pinoVersion,
    registry: execSync('npm config get registry', { encoding: 'utf8' }).trim(),
  }
  const wanted = process.argv.slice(2)
  const some = managers.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
  await Promise.all(
    some.map(async (manager) => {
      if (Number.parseInt(process.versions.node, 10) < manager.node)
        return console.log(`${manager.name}: not tried, needs Node ${manager.node}`)
      const wrong = await tryManager(manager, packed, join(folder, manager.name.replaceAll(' ', '-')))
      console.log([`${manager.name}: ${wrong.length === 0 ? 'fine' : 'NOT fine'}`, ...wrong].join('\n'))
      if (wrong.length > 0) process.exitCode = 1
    }),
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
