// What handlers print.

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { TestContext } from 'node:test'

/** What is printed to stderr from now on, instead of printing it. */
export function stderrOf(t: TestContext): readonly string[] {
  const said: string[] = []
  t.mock.method(fs, 'writeSync', (_fd: number, text: string) => said.push(text))
  syncBuiltinESMExports()
  t.after(() => {
    t.mock.restoreAll()
    syncBuiltinESMExports()
  })
  return said
}
