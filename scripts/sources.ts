// Where things of the workspace are.

import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the workspace; this file runs as build/scripts/sources.js. */
export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A package: its folder's name in packages/, which is its name without the scope if it has one. */
export const packages: string[] = readdirSync(join(root, 'packages'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(root, 'packages', entry.name, 'package.json')))
  .map((entry) => entry.name)
  .sort()

/** Packages that are no handlers but queues on servers, to which queue and queue-listener lead. */
export const engines: string[] = packages.filter((name) => /^queue-(?!listener)/.test(name))

/** Every file below a folder of the workspace, as paths from its root with forward slashes. */
export function filesIn(folder: string): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

/** The source that the compiler made a file from, or nothing when it did not make it; of packages it makes the types only. */
export function sourceOf(output: string): string | undefined {
  const isBuild = output.startsWith('build/')
  const source = output.replace(isBuild ? /\.(d\.ts|js)(\.map)?$/ : /\.d\.ts(\.map)?$/, '.ts')
  if (source === output) return undefined
  if (isBuild) return source.slice('build/'.length)
  return source.replace(/^(packages\/[^/]+)\/dist\//, '$1/src/')
}
