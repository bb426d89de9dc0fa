// Which period the records belong to that an earlier run has left in the file.

import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { lineTime, type RecordShape } from '@pino-handlers/core'
import { backupPath, type Naming, ownBackups } from '@pino-handlers/core/rotation'
import type { Periods } from './periods.js'

/** Bytes in which the first record is looked for. */
const FIRST = 64 * 1024

/**
 * The end of the period of what is in the file: that of its first record, if that says its time; else of what came after
 * the newest backup; else, as in Python, that of the last write. For a file without records it is the period of `now`.
 * Times are seconds since 1970.
 */
export function periodEnd(naming: Naming, periods: Periods, shape: RecordShape, now: number): number {
  const found = statSync(naming.filename, { throwIfNoEntry: false })
  if (!found?.isFile() || found.size === 0) return periods.endAfter(now)
  const first = lineTime(firstLine(naming.filename), shape)
  if (first !== undefined) return periods.endAfter(Math.min(first / 1000, now))
  const written = found.mtimeMs / 1000
  const newest = newestEnd(naming, periods)
  return periods.endAfter(newest !== undefined && newest <= written ? newest : Math.floor(written))
}

function firstLine(path: string): string {
  const bytes = Buffer.alloc(FIRST)
  const fd = openSync(path, 'r')
  try {
    const text = bytes.toString('utf8', 0, readSync(fd, bytes, 0, FIRST, 0))
    return text.slice(0, Math.max(0, text.indexOf('\n')))
  } finally {
    closeSync(fd)
  }
}

function newestEnd(naming: Naming, periods: Periods): number | undefined {
  const folder = dirname(backupPath(naming, '1'))
  const backups = statSync(folder, { throwIfNoEntry: false }) ? ownBackups(naming, readdirSync(folder)) : []
  const newest = backups.at(-1)
  return newest && periods.endOf(newest.label)
}
