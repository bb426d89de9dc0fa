// Package managers, and what each wants of a project that has our packed packages.

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from '../sources.js'

/** A way to install packages, and to run what was installed. */
export interface Manager {
  readonly name: string
  /** The oldest Node that it works with. */
  readonly node: number
  /** Files of the project beside package.json. */
  files(registry: string): Readonly<Record<string, string>>
  /** What package.json says, so that our packages get each other from the same tarballs. */
  manifest(tarballs: Readonly<Record<string, string>>): object
  readonly install: readonly string[]
  /** Stands before a program and its arguments. */
  readonly run: readonly string[]
}

// The version that the workspace is installed with.
const { packageManager }: { packageManager: string } = createRequire(import.meta.url)(join(root, 'package.json'))
const PNPM = ['npx', '--yes', packageManager]
const YARN = ['npx', '--yes', '--package=@yarnpkg/cli-dist@4.18.1', 'yarn']

/** npm, pnpm without a hoisted package, and Yarn without node_modules. */
export const managers: readonly Manager[] = [
  {
    name: 'npm',
    node: 20,
    files: () => ({}),
    // A dependency of the project is taken for its dependencies, too.
    manifest: () => ({}),
    install: ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error'],
    run: ['npx', '--no', '--'],
  },
  {
    name: 'pnpm',
    node: 20,
    files: () => ({ '.npmrc': 'node-linker=isolated\nhoist=false\n' }),
    manifest: (tarballs) => ({ pnpm: { overrides: tarballs } }),
    install: [...PNPM, 'install', '--reporter=append-only', '--loglevel=warn'],
    run: [...PNPM, 'exec'],
  },
  {
    name: 'Yarn PnP',
    // In Node 20 an ES module that is required does not find what it imports: `require` of a handler does not work.
    node: 22,
    files: (registry) => ({
      '.yarnrc.yml': [
        'nodeLinker: pnp',
        'enableTelemetry: false',
        'enableImmutableInstalls: false',
        // It does not read what npm is told.
        `npmRegistryServer: ${JSON.stringify(registry)}`,
        '',
      ].join('\n'),
      'yarn.lock': '',
    }),
    manifest: (tarballs) => ({ resolutions: tarballs }),
    install: [...YARN, 'install'],
    run: [...YARN, 'exec'],
  },
]
