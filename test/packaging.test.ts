// What is true of every package as users get it: manifest, README, exports and the packed files.
import assert from 'node:assert/strict'
import { execSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { engines, filesIn, packages, root } from '../scripts/sources.js'

type Manifest = Record<string, unknown> & {
  name: string
  repository: object
  keywords: string[]
  exports: Record<string, unknown>
  dependencies: Record<string, string>
}

type OptionTable = Record<string, { expected: string; required: boolean; default: unknown }>

const MANIFEST_KEYS = [
  'name',
  'version',
  'description',
  'keywords',
  'license',
  'repository',
  'type',
  'sideEffects',
  'engines',
  'files',
  'exports',
  'dependencies',
]
// What users may have or not: encodings, and the calls of the C library that Node lacks.
const MORE_KEYS: Readonly<Record<string, readonly string[]>> = {
  core: ['peerDependencies', 'peerDependenciesMeta'],
  datagram: ['optionalDependencies'],
  'pino-handlers': ['bin'],
  'nt-eventlog': ['optionalDependencies'],
  syslog: ['optionalDependencies'],
}
// The program runs.
const SIDE_EFFECTS: Readonly<Record<string, readonly string[]>> = {
  'pino-handlers': ['./dist/bin.js', './src/pino-handlers.js'],
}
const README_SECTIONS = ['Install', 'Use', 'Options', 'Like Python', 'Unlike Python', 'Delivery', 'Licence']

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const readManifest = (path: string): Manifest => JSON.parse(read(path))
const require = createRequire(import.meta.url)
const workspace = readManifest('package.json')
const others = ['core', 'pino-handlers']
const handlers = packages.filter((name) => !others.includes(name))

describe('every package', () => {
  let packed: Record<string, string[]> = {}
  before(() => {
    packed = pack()
  })

  for (const name of packages) {
    const folder = `packages/${name}`
    const manifest = readManifest(`${folder}/package.json`)

    describe(name, () => {
      it('has the manifest that all packages have', () => {
        const { name: fullName, license, repository, type, sideEffects, engines, files } = manifest
        assert.deepEqual(Object.keys(manifest).slice(0, MANIFEST_KEYS.length), MANIFEST_KEYS)
        assert.deepEqual(
          { fullName, license, repository, type, sideEffects, engines, files },
          {
            fullName: name === 'pino-handlers' ? name : `@pino-handlers/${name}`,
            license: 'MIT',
            repository: {
              type: 'git',
              url: 'git+https://github.com/pino-handlers/pino-handlers.git',
              directory: folder,
            },
            type: 'module',
            sideEffects: SIDE_EFFECTS[name] ?? false,
            engines: workspace.engines,
            files: ['dist', 'src'],
          },
        )
        assert.deepEqual(manifest.keywords.slice(0, 3), ['pino', 'pino-transport', 'logging'])
      })

      it('has no more keys than the others', () => {
        const more = Object.keys(manifest).slice(MANIFEST_KEYS.length)
        assert.deepEqual(more, MORE_KEYS[name] ?? [])
      })

      it('exports types and default, in this order and nothing else', () => {
        const { './package.json': itself, ...entries } = manifest.exports
        assert.equal(itself, './package.json')
        assert.equal(
          JSON.stringify(entries),
          JSON.stringify(Object.fromEntries(Object.keys(entries).map((entry) => [entry, targetOf(entry)]))),
        )
      })

      it('takes its dependencies from the workspace or from the catalog', () => {
        const elsewhere = Object.entries(manifest.dependencies).filter(
          ([dependency, range]) => range !== (dependency.startsWith('@pino-handlers/') ? 'workspace:^' : 'catalog:'),
        )
        assert.deepEqual(elsewhere, [])
      })

      it('is known to the workspace', () => {
        const reference = { path: folder }
        assert.deepEqual(
          {
            'devDependencies in package.json': Object(workspace.devDependencies)[manifest.name],
            'references in tsconfig.json': hasReference('tsconfig.json', reference),
            'references in tsconfig.dev.json': hasReference('tsconfig.dev.json', reference),
          },
          {
            'devDependencies in package.json': 'workspace:*',
            'references in tsconfig.json': true,
            'references in tsconfig.dev.json': true,
          },
        )
      })

      it('has the licence of the workspace', () => {
        assert.equal(read(`${folder}/LICENSE`), read('LICENSE'))
      })

      it('packs its sources, what was built from them, README, LICENSE and package.json', () => {
        const sources = filesIn(`${folder}/src`).map((path) => path.slice(folder.length + 1))
        const types = sources.flatMap((source) => {
          // It is run as it is.
          if (source.endsWith('.js')) return []
          const stem = source.replace(/^src\//, 'dist/').replace(/\.ts$/, '')
          return [`${stem}.d.ts`, `${stem}.d.ts.map`]
        })
        const found = packed[manifest.name] ?? []
        const code = codeOf(manifest, found).flatMap((path) => [path, `${path}.map`])
        const expected = ['LICENSE', 'README.md', 'package.json', ...types, ...code, ...sources]
        assert.deepEqual(
          {
            missing: expected.filter((path) => !found.includes(path)),
            surplus: found.filter((path) => !expected.includes(path)),
            tests: found.filter((path) => /\btests?\b/.test(path)),
          },
          { missing: [], surplus: [], tests: [] },
        )
      })
    })
  }
})

describe('every handler package', () => {
  for (const name of handlers) {
    const fullName = `@pino-handlers/${name}`

    describe(name, () => {
      it('has one factory: its default export, its named export and what require gives', async () => {
        const exported = await import(fullName)
        const factory = exported.default
        assert.equal(typeof factory, 'function')
        assert.equal(factory.name, factoryName(name))
        assert.equal(exported[factoryName(name)], factory)
        assert.equal(require(fullName), factory)
      })

      it('gives require the other exports as properties of the factory', async () => {
        const { default: factory, 'module.exports': required, ...others } = await import(fullName)
        assert.deepEqual({ ...require(fullName) }, others)
      })

      // A queue is no target: those that are have it as an option.
      if (!engines.includes(name))
        it('has a helper that makes a target of options which it has checked', async () => {
          const helper = (await import(fullName))[helperName(name)]
          assert.equal(typeof helper, 'function')
          assert.equal(helper.name, helperName(name))
          assert.throws(() => helper({ levle: 'info' }), {
            message: `[${name}] unknown option "levle"; did you mean "level"?`,
          })
        })

      it('has the README sections in their order', () => {
        assert.deepEqual([...readme(name).keys()], README_SECTIONS)
      })

      it('documents each option with the type and the default that it has', async () => {
        const { options }: { options: OptionTable } = await import(fullName)
        const truth = Object.entries(options).map(([option, { expected, required, default: given }]) => {
          return [option, { type: expected, default: required ? 'required' : shown(given) }]
        })
        assert.deepEqual(optionTable(name), Object.fromEntries(truth))
      })
    })
  }
})

describe('every other package', () => {
  for (const name of others) {
    it(`has a README that begins with Install and ends with Licence: ${name}`, () => {
      const found = [...readme(name).keys()]
      assert.deepEqual([found.at(0), found.at(-1)], ['Install', 'Licence'])
    })
  }
})

/** The files that npm would publish, sorted, by package. */
function pack(): Record<string, string[]> {
  const folders = packages.map((name) => `./packages/${name}`).join(' ')
  const output = execSync(`npm pack --dry-run --json --ignore-scripts ${folders}`, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const tarballs: { name: string; files: { path: string }[] }[] = Object.values(JSON.parse(output))
  return Object.fromEntries(tarballs.map(({ name, files }) => [name, files.map(({ path }) => path).sort()]))
}

// What can be imported, the program, and what these load.
function codeOf(manifest: Manifest, packed: readonly string[]): readonly string[] {
  const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json')
  const program = 'bin' in manifest ? ['dist/bin.js'] : []
  const shared = packed.filter((path) => /^dist\/shared-\w+\.js$/.test(path))
  return [...entries.map((entry) => targetOf(entry).default.slice(2)), ...program, ...shared]
}

function targetOf(entry: string): { readonly types: string; readonly default: string } {
  const stem = entry === '.' ? './dist/index' : `./dist/${entry.slice(2)}/index`
  return { types: `${stem}.d.ts`, default: `${stem}.js` }
}

function hasReference(config: string, reference: { path: string }): boolean {
  const { references }: { references: { path: string }[] } = JSON.parse(read(config))
  return references.some(({ path }) => path === reference.path)
}

// `null` is the one name that cannot be a function's.
function factoryName(name: string): string {
  return name === 'null' ? 'nullHandler' : name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function helperName(name: string): string {
  return `${name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Target`
}

/** The sections of a README by title, in their order; lines of code are left out. */
function readme(name: string): Map<string, string[]> {
  const lines = read(`packages/${name}/README.md`)
    .replaceAll(/^```.*?^```/gms, '')
    .split('\n')
  const starts = lines.flatMap((line, at) => (line.startsWith('## ') ? [at] : []))
  return new Map(starts.map((at, n) => [lines[at]?.slice(3).trim() ?? '', lines.slice(at + 1, starts[n + 1])]))
}

/** The rows `| option | type | default | meaning |` below "Options", without the marks of code and of escaping. */
function optionTable(name: string): Record<string, object> {
  const rows =
    readme(name)
      .get('Options')
      ?.filter((line) => line.startsWith('|')) ?? []
  const cells = rows.map((row) =>
    row.split(/(?<!\\)\|/).map((cell) => cell.replaceAll('`', '').replaceAll('\\|', '|').trim()),
  )
  const options = cells.filter(([, option = '']) => option !== 'option' && !/^:?-+:?$/.test(option))
  return Object.fromEntries(options.map(([, option, type, given]) => [option, { type, default: given }]))
}

/** A default as the table shows it; what JSON has no text for, such as a function, is a dash. */
function shown(value: unknown): string {
  return JSON.stringify(value) ?? '-'
}
