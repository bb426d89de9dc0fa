// Renaming and deleting files that someone else holds for a moment, as virus scanners, backups and readers do on Windows.

import { existsSync, renameSync, rmSync } from 'node:fs'
import { toError } from '../errors.js'
import { pause } from '../file/pause.js'

// Milliseconds, 100 together: whoever holds a file for longer is not waited for.
const PAUSES = [1, 4, 10, 25, 60]
const HELD = new Set(['EBUSY', 'EPERM', 'EACCES'])

/** Renames a file; while someone holds it, again and again for at most a tenth of a second. */
export function renameSyncPatiently(from: string, to: string): void {
  patiently(() => renameSync(from, to))
}

/** Calls `action` until it does not fail because someone holds a file, for at most a tenth of a second. */
export function patiently(action: () => void): void {
  for (const milliseconds of PAUSES) {
    try {
      action()
      return
    } catch (error) {
      if (!HELD.has(toError(error).code ?? '')) throw error
      pause(milliseconds)
    }
  }
  action()
}

/**
 * Deletes a file, if it is there, and its name is free then. On Windows a file that is open keeps its name until it is
 * closed, and until then nobody may look at it: there it is called `meanwhile`.
 */
export function removeSync(path: string, meanwhile: string, platform: NodeJS.Platform = process.platform): void {
  if (platform === 'win32' && existsSync(path)) {
    renameSyncPatiently(path, meanwhile)
    rmSync(meanwhile, { force: true })
  } else {
    rmSync(path, { force: true })
  }
}

/** Moves the file that was written to where it is kept, if there is one. Python: `BaseRotatingHandler.rotate` without a rotator. */
export function defaultRotator(source: string, dest: string): void {
  if (existsSync(source)) renameSyncPatiently(source, dest)
}
