// A symlink that always leads somewhere, also while it changes.

import { lstatSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { temporaryPath } from './leftovers.js'
import { patiently } from './rename.js'

/**
 * Makes `link` a symlink to `target`, by its name alone when they are in the same folder. Nobody finds it missing or
 * half made meanwhile.
 * @throws when there is something else than a symlink at `link`, which is left as it is.
 */
export function pointSymlink(link: string, target: string): void {
  const [from, to] = [resolve(link), resolve(target)]
  const there = lstatSync(from, { throwIfNoEntry: false })
  if (from === to || (there && !there.isSymbolicLink())) {
    throw new Error(`'${link}' is not a symlink: it stays as it is, and nothing points to '${target}'`)
  }
  const text = dirname(from) === dirname(to) ? basename(to) : to
  if (there && readlinkSync(from) === text) return
  const temporary = temporaryPath(dirname(from), basename(from), 'link')
  try {
    symlinkSync(text, temporary, 'file')
    patiently(() => renameSync(temporary, from))
  } finally {
    rmSync(temporary, { force: true })
  }
}
