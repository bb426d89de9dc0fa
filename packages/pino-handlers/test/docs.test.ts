// What the documentation of the command line shows is what the program takes.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runInNewContext } from 'node:vm'
import { root } from '../../../scripts/sources.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { configOf, runHere } from './fake-io.js'

const manual = readFileSync(join(root, 'docs/command-line.md'), 'utf8')
const readme = readFileSync(join(root, 'packages/pino-handlers/README.md'), 'utf8')

// Handlers with what they need, in one of which each example of a flag belongs.
const HANDLERS = [
  ['file'],
  ['file', '--filename=app.log'],
  ['socket', '--host=a'],
  ['null'],
  ['timed-rotating-file', '--filename=app.log'],
  ['socket', '--host=a', '--port=1'],
  ['syslog'],
  ['http', '--host=a', '--preset=loki'],
]

describe('documentation of the command line', () => {
  it('has a table of flags that become what it says', async () => {
    const rows = Array.from(manual.matchAll(/^\| (`--.*`) \| (`.*`) \|$/gm), ([, written = '', becomes = '']) => {
      return codes(written).map((flags, n) => ({ flags, becomes: codes(becomes)[n] ?? codes(becomes)[0] ?? '' }))
    }).flat()
    const found = await Promise.all(
      rows.map(async ({ flags, becomes }) => {
        const wanted: Record<string, unknown> = JSON.parse(JSON.stringify(runInNewContext(`({ ${becomes} })`)))
        const configs = await Promise.all(HANDLERS.map((handler) => configOrNone([...handler, ...words(flags)])))
        return configs.some((config) => config && isPart(wanted, config)) ? [] : [flags]
      }),
    )
    assert.deepEqual([rows.length, found.flat()], [9, []])
  })

  it('has commands that are taken, on every page', async (t) => {
    const path = join(tempDir(t), 'log.json')
    writeFileSync(path, JSON.stringify({ host: 'logs.example.com', url: '/log' }))
    const commands = pages().flatMap((page) =>
      Array.from(readFileSync(join(root, page), 'utf8').matchAll(/npx pino-handlers ([\w-]+ --[^`|<#\n]+)/g)),
    )
    const results = await Promise.all(
      commands.map(async ([, text = '']) => {
        const args = words(text).map((word) => (word === 'log.json' ? path : word))
        const { code, stderr } = await runHere([...args.filter((arg) => arg !== '--check'), '--print-config'])
        return { text, code, stderr }
      }),
    )
    assert.deepEqual(
      results.filter(({ code }) => code !== 0),
      [],
    )
    assert.ok(results.length >= 8, `${results.length} commands`)
  })

  it('has files of options that are taken', async (t) => {
    const path = join(tempDir(t), 'log.json')
    const configs = Array.from(manual.matchAll(/^```json\n(.*?)^```$/gms), ([, text = '']) => text)
    for (const text of configs) {
      writeFileSync(path, text)
      const { handler, ...options } = JSON.parse(text)
      assert.deepEqual(await configOf(['--config', path]), options, handler)
    }
    assert.equal(configs.length, 2)
  })

  it('has the flags of the program as the help has them', async () => {
    const { stdout } = await runHere(['--help'])
    const help = Array.from(stdout.matchAll(/^ {2}(--.*)\n {6}(.*)$/gm), ([, flag, meaning]) => [flag, plain(meaning)])
    const table = Array.from(readme.matchAll(/^\| `(--.*?)` \| (.*) \|$/gm), ([, flag, meaning]) => [
      flag,
      plain(meaning),
    ])
    assert.deepEqual(table, help)
  })
})

function pages(): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  return ['README.md', 'packages/pino-handlers/README.md', ...docs.map((page) => join('docs', page))].filter(
    (page) => page.endsWith('.md') && !page.includes('.vitepress'),
  )
}

function codes(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]*)`/g), ([, code = '']) => code)
}

/** The words of a command as a shell would have them. */
function words(text: string): string[] {
  return Array.from(text.split(/ < | # /)[0]?.matchAll(/(?:'[^']*'|[^\s'])+/g) ?? [], ([word]) =>
    word.replaceAll("'", ''),
  )
}

async function configOrNone(args: readonly string[]): Promise<Record<string, unknown> | undefined> {
  return configOf(args).catch(() => undefined)
}

function isPart(part: Readonly<Record<string, unknown>>, whole: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(part).every(([key, value]) => JSON.stringify(whole[key]) === JSON.stringify(value))
}

function plain(text = ''): string {
  return text.replaceAll('`', '')
}
