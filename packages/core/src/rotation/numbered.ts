// Backups with numbers: app.log -> app.log.1 -> app.log.2 -> ... -> gone.

import { basename, dirname, join } from 'node:path'
import { type Backup, backupPath, type Naming, ownBackups } from './backups.js'
import { temporaryPath } from './leftovers.js'
import { removeSync, renameSyncPatiently } from './rename.js'
import type { Scheme } from './rotation.js'

/**
 * The scheme of backups with numbers: room for backup 1 is made by moving each backup one number up; the last one goes.
 * `count` may be Infinity. After a move that fails the next attempt goes on from there, so that no backup moves twice
 * for one rollover. What a compression made of backups moves with them only if `compressed`; as in Python it is nobody's
 * otherwise. Python: `RotatingFileHandler.doRollover`.
 */
export function numberedScheme(naming: Naming, count: number, compressed: boolean): Pick<Scheme, 'makeRoom' | 'taken'> {
  const first = backupPath(naming, '1')
  const folder = dirname(first)
  // The highest number that has not moved yet, in a rollover that was begun.
  let next: number | undefined

  function makeRoom(names: readonly string[]): string {
    const numbered = new Map<number, Pick<Backup, 'name' | 'files'>>()
    for (const { label, name, files } of ownBackups(naming, names)) {
      const own = compressed ? files : files.filter((file) => file === name)
      if (own.length > 0) numbered.set(Number(label), { name, files: own })
    }
    // Another process has moved them since.
    if (next !== undefined && numbered.has(next + 1)) next = undefined
    for (next ??= Math.min(count - 1, Math.max(0, ...numbered.keys())); next > 0; next--) {
      const moving = numbered.get(next)
      if (!moving) continue
      remove(numbered.get(next + 1)?.files)
      const [from, to] = [backupPath(naming, String(next)), backupPath(naming, String(next + 1))]
      for (const file of moving.files) {
        const ending = file.slice(moving.name.length)
        renameSyncPatiently(from + ending, to + ending)
      }
      // Its place is free now: what is not there need not be removed.
      numbered.delete(next)
    }
    if (count === 1) remove(numbered.get(1)?.files)
    return first
  }

  function remove(files: readonly string[] = []): void {
    for (const file of files) removeSync(join(folder, file), temporaryPath(folder, basename(naming.filename), 'gone'))
  }

  function taken(): void {
    next = undefined
  }

  return { makeRoom, taken }
}
