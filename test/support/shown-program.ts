// Programs that a page of the documentation shows, run as they stand there, with something to do added at their end.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import type { Stats } from '@pino-handlers/core'
import ts from 'typescript'
import { root } from '../../scripts/sources.js'
import { assertBalanced } from './books.js'
import { tempDir } from './temp-dir.js'

/** What to run. */
export interface ShownProgram {
  /** The page, such as docs/coming-from/pino-roll.md. */
  readonly page: string
  /** Which block of TypeScript: the first of the page that has this text. */
  readonly having: string
  /** Texts of the block to be replaced, such as addresses. */
  readonly replace?: Readonly<Record<string, string>>
  /** JavaScript to follow the block: it sees the block's names. */
  readonly after: string
  /** Files to be there before, by their paths. */
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program in an empty folder until it ends, and returns that folder, with what it printed in `../stdout`; rejects when it ends badly. */
export async function runShown(t: Pick<TestContext, 'after'>, program: ShownProgram): Promise<string> {
  const dir = tempDir(t)
  const here = join(dir, 'here')
  mkdirSync(here)
  // The packages are looked for from the program's own place.
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'), 'junction')
  for (const [path, text] of Object.entries(program.files ?? {})) {
    mkdirSync(join(here, path, '..'), { recursive: true })
    writeFileSync(join(here, path), text)
  }
  const path = join(dir, 'program.mjs')
  writeFileSync(path, `${transpile(blockOf(program))}\n${program.after}\n`)
  const env = { ...process.env, STATS: join(dir, 'stats.json'), ...program.env }
  const { stdout } = await promisify(execFile)(process.execPath, [path], { cwd: here, env })
  writeFileSync(join(dir, 'stdout'), stdout)
  return here
}

/** What follows a program that calls its destination `transport`: writes lines to it and waits until it has closed. */
export function writes(lines: readonly string[]): string {
  return `
    import { once } from 'node:events'
    import { writeFileSync } from 'node:fs'
    const books = {}
    transport.on('stats', (stats) => {
      books[stats.handler] = stats
      writeFileSync(process.env.STATS, JSON.stringify(books))
    })
    const alive = setInterval(() => {}, 1000)
    transport.on('close', () => clearInterval(alive))
    // What is left at the end pino writes within ten seconds or not at all, the worker's start among them.
    await once(transport, 'ready')
    for (const line of ${JSON.stringify(lines)}) transport.write(line)
    await new Promise((resolve) => transport.flush(resolve))
    transport.end()`
}

/** Fails unless the books of each handler in a program that `writes` are balanced, by the folder it ran in. */
export function assertBooks(dir: string): void {
  const books: Record<string, Stats> = JSON.parse(readFileSync(join(dir, '../stats.json'), 'utf8'))
  assert.notDeepEqual(books, {})
  for (const stats of Object.values(books)) assertBalanced(stats)
}

/** A time zone in which it is about noon, so that no test spans midnight. */
export function zoneAtNoon(): string {
  const hour = new Date().getUTCHours()
  return `Etc/GMT${hour >= 12 ? '+' : '-'}${Math.abs(hour - 12)}`
}

function blockOf({ page, having, replace = {} }: ShownProgram): string {
  const text = readFileSync(join(root, page), 'utf8')
  const blocks = Array.from(text.matchAll(/^```ts\n(.*?)^```$/gms), ({ 1: code = '' }) => code)
  const block = blocks.find((code) => code.includes(having))
  if (block === undefined) throw new Error(`no block of ${page} has ${having}`)
  return Object.entries(replace).reduce((code, [from, to]) => code.replaceAll(from, to), block)
}

function transpile(code: string): string {
  return ts.transpile(code, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ES2022,
    verbatimModuleSyntax: true,
  })
}
