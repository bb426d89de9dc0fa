// Runs the compiled tests with the node that runs this script. Words filter by path, options go to `node --test`:
//   npm test -- rotating-file test/contract
//   npm test -- --test-name-pattern 'rolls over'

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle } from './bundle.js'
import { filesIn, root } from './sources.js'

const value = { type: 'string', multiple: true } as const
const { positionals, tokens } = parseArgs({
  allowPositionals: true,
  strict: false,
  tokens: true,
  options: {
    'test-concurrency': value,
    'test-name-pattern': value,
    'test-reporter': value,
    'test-reporter-destination': value,
    'test-shard': value,
    'test-skip-pattern': value,
    'test-timeout': value,
  },
})
const given = tokens.flatMap((token) => (token.kind === 'option' ? [token] : []))
const options = given.map(({ rawName, value }) => (value === undefined ? rawName : `${rawName}=${value}`))
const unless = (name: string, option: string): string[] => (given.some((token) => token.name === name) ? [] : [option])

const filters = positionals.map((filter) => filter.replaceAll('\\', '/').replace(/\.ts$/, '.js'))
const files = filesIn('build')
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))

if (files.length === 0) {
  console.error(filters.length === 0 ? 'no test was built' : `no test has ${filters.join(' or ')} in its path`)
  process.exit(1)
}

// Tests see what users see: whoever has only run the compiler has no new code in the packages.
await bundle()

const folder = mkdtempSync(join(tmpdir(), 'tests-'))
const failedPath = join(folder, 'failed-files')
// Tests wait for servers and other processes: one file more than there are cores keeps these busy.
const passed = runs(files, availableParallelism() + 1) || passesAlone()
rmSync(folder, { recursive: true })
process.exit(passed ? 0 : 1)

/** Runs the tests of some files, so many of the files at a time. */
function runs(some: readonly string[], concurrency: number): boolean {
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout']
  const failed = ['--test-reporter=./build/scripts/failed-files.js', `--test-reporter-destination=${failedPath}`]
  const { status, error } = spawnSync(
    process.execPath,
    [
      '--test',
      ...(given.some(({ name }) => name === 'test-reporter') ? [] : [...reporters, ...failed]),
      ...unless('test-concurrency', `--test-concurrency=${concurrency}`),
      ...unless('test-timeout', '--test-timeout=300000'),
      ...options,
      ...some,
    ],
    { cwd: root, stdio: 'inherit' },
  )
  if (error) throw error
  return status === 0
}

// In CI, whose machine may be busy with others, files that failed have a second chance with nothing beside them. It is told.
function passesAlone(): boolean {
  const failed = process.env.CI && existsSync(failedPath) ? readFileSync(failedPath, 'utf8').trim() : ''
  if (failed === '') return false
  const again = [...new Set(failed.split('\n').flatMap((file) => testsIn(relative(root, file))))]
  console.log(`\nfailed, and run once more by themselves:\n${again.join('\n')}\n`)
  const passes = again.length > 0 && runs(again, 1)
  if (passes) console.log(`\npassed only by themselves:\n${again.join('\n')}`)
  return passes
}

// A test that several files have is told of by the file that it is written in, which runs nothing by itself.
function testsIn(file: string, seen = new Set<string>()): string[] {
  if (file.endsWith('.test.js')) return [file]
  if (seen.has(file)) return []
  seen.add(file)
  const name = `/${basename(file)}'`
  const loaders = filesIn('build').filter(
    (each) => each.endsWith('.js') && readFileSync(join(root, each), 'utf8').includes(name),
  )
  return loaders.flatMap((each) => testsIn(each, seen))
}
