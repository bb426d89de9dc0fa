// A folder that a test has for itself.

import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** A new empty folder, removed after the test. */
export function tempDir(t: Pick<TestContext, 'after'>): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'pino-handlers-')))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** The files of a folder with their texts, to be compared as one value. */
export function files(dir: string): Record<string, string> {
  return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]))
}
