// A folder that a test has for itself.

import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** A new empty folder, removed after the test. */
export function tempDir(t: Pick<TestContext, 'after'>): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'pino-handlers-')))
  t.after(() => remove(dir))
  return dir
}

// Windows keeps a folder with a file that is open, and some are until the process ends.
function remove(dir: string): void {
  try {
    rmSync(dir, { recursive: true, force: true })
  } catch (error) {
    if (process.platform !== 'win32') throw error
  }
}

/** The files of a folder with their texts, to be compared as one value. */
export function files(dir: string): Record<string, string> {
  return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]))
}
