// What a process that was killed left behind: temporary files, and backups of which it was making a compressed twin.

import { lstatSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { COMPRESSED_ENDING } from './compression.js'
import { isAbandoned, OWNER, ownerName } from './owner.js'

// Milliseconds between the times that file systems can store.
const COARSEST = 2000

/** A path for a file that gets its name when it is complete. No backup has one like it: `app.log.<owner>.tmp-gz`. */
export function temporaryPath(folder: string, base: string, kind: string): string {
  return join(folder, `${base}.${ownerName()}.tmp-${kind}`)
}

/**
 * Puts a folder in order, for the start: removes temporary files whose process is gone, and plain backups that are
 * compressed already. Returns the paths of the plain backups that are still to be compressed, in no order. `base` is the
 * name of the log file; `isBackup` is true for the plain name of a backup, and not for what compression made of it.
 * Where several processes share the log this belongs under their lock.
 */
export function finishLeftovers(folder: string, base: string, isBackup: (name: string) => boolean): string[] {
  const names = readdirSync(folder)
  for (const name of names) {
    if (isLeftover(folder, base, name)) rmSync(join(folder, name), { force: true })
  }
  const plain = names.filter(isBackup).map((name) => join(folder, name))
  return plain.filter((path) => {
    const isDone = hasTwin(path)
    if (isDone) rmSync(path, { force: true })
    return !isDone
  })
}

function isLeftover(folder: string, base: string, name: string): boolean {
  const [, owner] = new RegExp(`^.(${OWNER})\\.tmp-[a-z]+$`).exec(name.slice(base.length)) ?? []
  if (!name.startsWith(base) || owner === undefined) return false
  // Written to means changed, and unlike the time of writing nobody can set it.
  const changed = lstatSync(join(folder, name), { throwIfNoEntry: false })?.ctimeMs ?? 0
  return isAbandoned(owner, (Date.now() - changed) / 1000)
}

// A compressed file has its name only since it is complete and on the disk: so it may replace the plain one if it was
// made of it, which its time shows. What somebody else may have put there has another one, and both files stay.
function hasTwin(path: string): boolean {
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  return Object.values(COMPRESSED_ENDING).some((ending) => {
    const twin = statSync(path + ending, { throwIfNoEntry: false })
    return twin !== undefined && made !== undefined && Math.abs(twin.mtimeMs - made) <= COARSEST
  })
}
