// Every package as it is published.

import { execSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packages, root } from '../sources.js'

/** Packs all packages into an empty folder; returns the path of each one's tarball by its name. */
export function packAll(folder: string): Readonly<Record<string, string>> {
  const pack = `npm run --silent pnpm -- --recursive --filter "./packages/*" pack --pack-destination "${folder}"`
  execSync(pack, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  const files = readdirSync(folder)
  return Object.fromEntries(packages.map((each) => [nameOf(each), join(folder, tarballOf(nameOf(each), files))]))
}

function nameOf(packageFolder: string): string {
  const { name }: { name: string } = JSON.parse(
    readFileSync(join(root, 'packages', packageFolder, 'package.json'), 'utf8'),
  )
  return name
}

function tarballOf(name: string, files: readonly string[]): string {
  const stem = `${name.replace('@', '').replace('/', '-')}-`
  const found = files.find((file) => file.startsWith(stem) && /^\d/.test(file.slice(stem.length)))
  if (found === undefined) throw new Error(`${name} was not packed`)
  return found
}
