// Counting what arrived in a file.

import { readFile } from 'node:fs/promises'

/** How many lines of a file start a record: all of them, unless `start` (which needs the flags g and m) says which. */
export async function countRecords(path: string, start = /\n/g): Promise<number> {
  const text = await readFile(path, 'utf8')
  return text.match(start)?.length ?? 0
}
