// Whether two looks at files have seen the same one, whatever it is called.

import type { BigIntStats } from 'node:fs'

/** What a file keeps while it is open or has a name; of `bigint` stats, since an inode number may be larger than a double can tell apart. */
export type FileIdentity = Pick<BigIntStats, 'dev' | 'ino'>

/** Whether it is the same file: by its number alone on Windows, with its device elsewhere. Python: `os.path.samestat`. */
export function isSameFile(a: FileIdentity, b: FileIdentity, platform: NodeJS.Platform = process.platform): boolean {
  // Newer Windows tells Node 22.12 to 22.16, 24.0 and 24.1 another device by path than by descriptor (libuv 1.49, 1.50).
  return a.ino === b.ino && (platform === 'win32' || a.dev === b.dev)
}
