// Runs the compiled tests with the node that runs this script. Words filter by path, options go to `node --test`:
//   npm test -- rotating-file test/contract
//   npm test -- --test-name-pattern 'rolls over'
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
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

const { status, error } = spawnSync(
  process.execPath,
  [
    '--test',
    ...unless('test-reporter', '--test-reporter=spec'),
    ...unless('test-concurrency', `--test-concurrency=${Math.max(2, availableParallelism())}`),
    ...unless('test-timeout', '--test-timeout=300000'),
    ...options,
    ...files,
  ],
  { cwd: root, stdio: 'inherit' },
)
if (error) throw error
process.exit(status ?? 1)
