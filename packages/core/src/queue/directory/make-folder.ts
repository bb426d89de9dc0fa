// The directory of a queue, which holds records that not everybody should read.

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** Makes a directory unless it is there; only this one gets `mode`, those above it are as the umask leaves them. */
export function makeFolder(path: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true })
  mkdirSync(path, { recursive: true, mode })
}
