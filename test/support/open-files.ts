// Which files this process has open, where the system lets us see it.

import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

const FDS = '/proc/self/fd'

/** False where nobody can see which files are open. */
export const canSeeOpenFiles: boolean = existsSync(FDS)

/** The paths of the files that are open. */
export function openFiles(): string[] {
  return readdirSync(FDS).flatMap((fd) => {
    try {
      return [readlinkSync(join(FDS, fd))]
    } catch {
      // That of the folder itself, which is closed again by now.
      return []
    }
  })
}
