// Whether a path still leads to the file that is open.

import { type BigIntStats, fstatSync, statSync } from 'node:fs'

/** Which file it is, on any device; an inode number may be larger than a double can tell apart. */
export type Identity = Pick<BigIntStats, 'dev' | 'ino'>

/** The identity of an open file, which it also has when no path leads to it any more. */
export function identityOf(fd: number): Identity {
  return fstatSync(fd, { bigint: true })
}

/**
 * What became of a file whose path was `path`: 'moved' when that leads to another one now, 'deleted' when to none,
 * undefined when it is still there. Python: the decision of `WatchedFileHandler.reopenIfNeeded`.
 */
export function fateOf({ dev, ino }: Identity, path: string | Buffer): 'moved' | 'deleted' | undefined {
  const there = lookAt(path)
  if (there === 'hidden') return undefined
  if (there === undefined) return 'deleted'
  return there.dev === dev && there.ino === ino ? undefined : 'moved'
}

// What cannot be looked at, for a lack of permission, may well be there; the open file takes records still.
function lookAt(path: string | Buffer): Identity | 'hidden' | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch {
    return 'hidden'
  }
}
