// What each package takes on the disk when it is installed: itself and all that it depends on, as they lie here.

import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packages, root } from '../sources.js'

/** What is installed with a package. */
export interface InstallSize {
  readonly name: string
  /** Unpacked, with all dependencies but optional ones. */
  readonly bytes: number
  /** How many packages that are, with itself. */
  readonly packages: number
  /** What is installed besides where that is possible. */
  readonly optional: readonly string[]
}

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** The sizes of all packages, by name. */
export function installSizes(): readonly InstallSize[] {
  return packages
    .map((folder) => {
      const found = new Map<string, Manifest>()
      collect(realpathSync(join(root, 'packages', folder)), found)
      const sizes = [...found.keys()].map((path) => (path.startsWith(OWN) ? publishedSize(path) : sizeOf(path)))
      const optional = [...found.values()].flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      return {
        name: manifestOf(join(root, 'packages', folder)).name,
        bytes: sizes.reduce((sum, size) => sum + size, 0),
        packages: found.size,
        optional: [...new Set(optional)].sort(),
      }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Bytes as the table has them, in steps of a tenth of a megabyte. */
export function inMegabytes(bytes: number): string {
  return `${(Math.max(1, Math.round(bytes / 1e5)) / 10).toFixed(1)} MB`
}

function collect(path: string, found: Map<string, Manifest>): void {
  if (found.has(path)) return
  const manifest = manifestOf(path)
  found.set(path, manifest)
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    // npm counts what is optional among the dependencies, too.
    if (!(name in (manifest.optionalDependencies ?? {}))) collect(locate(name, path), found)
  }
}

function locate(name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name)
    if (existsSync(path)) return realpathSync(path)
    if (folder === dirname(folder)) throw new Error(`${name} is not installed, of which ${from} depends`)
  }
}

function manifestOf(path: string): Manifest {
  const manifest: Manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  return manifest
}

const OWN = join(root, 'packages')

// Of our own packages only what is published.
function publishedSize(path: string): number {
  const files = ['package.json', 'README.md', 'LICENSE'].map((name) => statSync(join(path, name)).size)
  return [...files, sizeOf(join(path, 'dist')), sizeOf(join(path, 'src'))].reduce((sum, size) => sum + size, 0)
}

function sizeOf(path: string): number {
  return readdirSync(path, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + sizeOf(join(path, entry.name))
    return sum + statSync(join(path, entry.name)).size
  }, 0)
}
