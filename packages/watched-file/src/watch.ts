// Whether a path still leads to the file that is open.

import { fstatSync, statSync } from 'node:fs'
import { type FileIdentity, isSameFile } from '@pino-handlers/core/file'

/** The identity of an open file, which it also has when no path leads to it any more. */
export function identityOf(fd: number): FileIdentity {
  return fstatSync(fd, { bigint: true })
}

/**
 * What became of a file whose path was `path`: 'moved' when that leads to another one now, 'deleted' when to none,
 * undefined when it is still there. Python: the decision of `WatchedFileHandler.reopenIfNeeded`.
 */
export function fateOf(identity: FileIdentity, path: string | Buffer): 'moved' | 'deleted' | undefined {
  try {
    const there = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (!there) return 'deleted'
    return isSameFile(identity, there) ? undefined : 'moved'
  } catch {
    // What cannot be looked at, for a lack of permission, may well be there; the open file takes records still.
    return undefined
  }
}
