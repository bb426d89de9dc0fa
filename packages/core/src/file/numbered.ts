// Backups with numbers: app.log -> app.log.1 -> app.log.2 -> ... -> gone.

import { renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { backupPath, type Naming, ownBackups } from './backups.js'

/**
 * Makes room for backup 1 by moving each backup one number up; the last one goes. `count` may be Infinity. A move that
 * fails is where the next call goes on, so that no backup moves twice for one rollover. What a compression made of
 * backups moves with them only if `compressed`; as in Python it is nobody's otherwise. Python: `RotatingFileHandler.doRollover`.
 */
export function numberedRoom(naming: Naming, count: number, compressed: boolean): (names: readonly string[]) => string {
  const folder = dirname(backupPath(naming, '1'))
  // The highest number that has not moved yet; 0 when the room is made and not taken.
  let next = Number.POSITIVE_INFINITY
  return (names) => {
    const backups = ownBackups(naming, names).map(({ label, name, files }) => {
      return [Number(label), compressed ? files : files.filter((file) => file === name)] as const
    })
    const numbered = new Map(backups.filter(([, files]) => files.length > 0))
    const highest = Math.min(count - 1, Math.max(0, ...numbered.keys()))
    if (next === 0 && !numbered.has(1)) return backupPath(naming, '1')
    for (next = next === 0 ? highest : Math.min(next, highest); next > 0; next--) {
      const moving = numbered.get(next) ?? []
      if (moving.length === 0) continue
      for (const file of numbered.get(next + 1) ?? []) rmSync(join(folder, file), { force: true })
      for (const file of moving) {
        const ending = file.slice(endOf(naming, next).length)
        renameSync(join(folder, file), backupPath(naming, String(next + 1)) + ending)
      }
    }
    for (const file of count === 1 ? (numbered.get(1) ?? []) : []) rmSync(join(folder, file), { force: true })
    return backupPath(naming, '1')
  }
}

function endOf(naming: Naming, number: number): string {
  return backupPath(naming, String(number)).slice(dirname(backupPath(naming, '1')).length + 1)
}
