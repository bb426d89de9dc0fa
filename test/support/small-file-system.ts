// A disk that is soon full.

import { execFileSync } from 'node:child_process'
import type { TestContext } from 'node:test'
import { tempDir } from './temp-dir.js'

/** Calls `use` with a tmpfs of `size`; skips the test where mounting is not permitted. */
export async function onSmallFileSystem(
  t: TestContext,
  size: string,
  use: (dir: string) => Promise<void>,
): Promise<void> {
  const dir = tempDir(t)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', dir], { stdio: 'pipe' })
  } catch (error) {
    if (process.env.PINO_HANDLERS_REQUIRE_SERVERS === '1' && process.getuid?.() === 0) throw error
    t.skip('mounting a tmpfs is not permitted here')
    return
  }
  try {
    await use(dir)
  } finally {
    execFileSync('umount', [dir])
  }
}
