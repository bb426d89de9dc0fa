// What not every system has, so that a test that needs it can say so and be skipped: `{ skip: unixOnly('...') }`.

import { existsSync, lstatSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether this is Windows, or Wine. */
export const onWindows: boolean = process.platform === 'win32'

/** The reason to skip a test on Windows; false on any other system. */
export function unixOnly(why: string): string | false {
  return onWindows && `not on Windows: ${why}`
}

/** The signal that a process ends with that has killed itself: Windows has no signals, there it just ends. */
export const KILLED: 'SIGKILL' | null = onWindows ? null : 'SIGKILL'

/** The reason to skip a test that writes to a full disk; false on Linux. */
export const noFullDevice: string | false = !existsSync('/dev/full') && 'there is no /dev/full'

/** The reason to skip a test that makes symlinks, for which Windows wants a privilege; false where they can be made. */
export const noSymlinks: string | false = !canLink() && 'symlinks cannot be made here'

// Wine makes one, and cannot rename it.
function canLink(): boolean {
  if (!onWindows) return true
  const dir = mkdtempSync(join(tmpdir(), 'pino-handlers-'))
  try {
    symlinkSync('nowhere', join(dir, 'link'), 'file')
    renameSync(join(dir, 'link'), join(dir, 'renamed'))
    return lstatSync(join(dir, 'renamed')).isSymbolicLink()
  } catch {
    return false
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
