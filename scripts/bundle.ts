// What users run. The compiler checks the packages and writes their types; their code is put into a few files each,
// since a module costs a worker half a millisecond to find and load, and a handler has 40 to 120 of them.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { filesIn, packages, root } from './sources.js'

/** The code of all packages, from their src to their dist: a file for each that `exports` or the program names, and what these share. */
export async function bundle(): Promise<void> {
  await Promise.all(packages.map(bundlePackage))
}

async function bundlePackage(name: string): Promise<void> {
  const folder = join(root, 'packages', name)
  const { outputFiles } = await build({
    entryPoints: entriesOf(folder),
    outbase: join(folder, 'src'),
    outdir: join(folder, 'dist'),
    // Beside the entries, where '../package.json' is the same file as for these.
    chunkNames: 'shared-[hash]',
    absWorkingDir: folder,
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: true,
    sourcesContent: false,
    write: false,
    logLevel: 'error',
    plugins: name === 'core' ? [withFirst(join(folder, 'src/index.ts'))] : [],
  })
  const files = new Map(outputFiles.map(({ path, contents }) => [path, contents]))
  // What others load comes before those: a process may start meanwhile.
  for (const path of [...files.keys()].sort((a, b) => Number(isShared(b)) - Number(isShared(a)))) {
    const contents = files.get(path)
    if (contents) replace(path, contents)
  }
  for (const path of filesIn(`packages/${name}/dist`).map((file) => join(root, file))) {
    if (/\.js(\.map)?$/.test(path) && !files.has(path)) rmSync(path, { force: true })
  }
}

function isShared(path: string): boolean {
  return /[/\\]shared-\w+\.js(\.map)?$/.test(path)
}

// What `exports` names, and what the program's own file loads.
function entriesOf(folder: string): string[] {
  const { exports }: { readonly exports: Readonly<Record<string, string | { readonly default: string }>> } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  )
  const outputs = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.default]))
  const sources = outputs.map((path) => join(folder, path.replace('./dist/', 'src/').replace(/\.js$/, '.ts')))
  return [...sources, join(folder, 'src/bin.ts')].filter((path) => existsSync(path))
}

// Every handler loads the first entry. That the others load it, too, makes one file of all that it has: else there would
// be one for each set of entries that share something.
function withFirst(first: string): Plugin {
  return {
    name: 'with-first',
    setup({ onLoad, onResolve }) {
      onLoad({ filter: /[/\\]src[/\\]\w+[/\\]index\.ts$/ }, ({ path }) => ({
        contents: `${readFileSync(path, 'utf8')}\nimport 'first'\n`,
        loader: 'ts',
      }))
      onResolve({ filter: /^first$/ }, () => ({ path: first, sideEffects: true }))
    },
  }
}

// All at once, since a process may be reading it, and only when it is another: one that runs has loaded the old.
function replace(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return
  mkdirSync(dirname(path), { recursive: true })
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, contents)
  renameSync(unfinished, path)
}
