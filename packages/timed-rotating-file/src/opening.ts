// Which period the records belong to that an earlier run has left in the file.

import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { lineTime, type RecordShape } from '@pino-handlers/core'
import { backupPath, type Naming, ownBackups } from '@pino-handlers/core/rotation'
import type { Periods } from './periods.js'

/** Bytes in which the first record is looked for. */
const FIRST = 64 * 1024

/** Seconds by which the clock of a file system may be behind ours. */
const TICK = 0.01

/**
 * The end of the period of what is in the file: that of its first record, if that says its time. Else it is the period
 * of the last write, as in Python, which may have begun where the newest backup ends, or when the file was made. For a
 * file without records it is the period of `now`. A file that was made after `over`, the end of an earlier period, has
 * come after that, although another process may have put a late record into it first. Times are seconds since 1970.
 */
export function periodEnd(naming: Naming, periods: Periods, shape: RecordShape, now: number, over?: number): number {
  const found = statSync(naming.filename, { throwIfNoEntry: false })
  if (!found?.isFile() || found.size === 0) return periods.endAfter(now)
  const first = lineTime(firstLine(naming.filename), shape)
  const born = found.birthtimeMs / 1000
  if (first !== undefined) {
    const isLate = over !== undefined && first / 1000 < over && over <= born + TICK && born <= now + TICK
    return periods.endAfter(Math.min(isLate ? Math.max(over, born) : first / 1000, now))
  }
  const written = Math.min(found.mtimeMs / 1000, now)
  const starts = [newestEnd(naming, periods), born]
  // After days without records the newest backup says nothing, as does the birth of a file that was copied.
  const holdsWritten = (start = Infinity): boolean => start <= written && written < periods.endAfter(start)
  return periods.endAfter(starts.find(holdsWritten) ?? Math.floor(written))
}

function firstLine(path: string): string {
  try {
    const fd = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(FIRST)
      const text = bytes.toString('utf8', 0, readSync(fd, bytes, 0, FIRST, 0))
      return text.slice(text.startsWith('\ufeff') ? 1 : 0, Math.max(0, text.indexOf('\n')))
    } finally {
      closeSync(fd)
    }
  } catch {
    // Another process has moved it since, or it may only be written.
    return ''
  }
}

function newestEnd(naming: Naming, periods: Periods): number | undefined {
  const folder = dirname(backupPath(naming, '1'))
  const backups = statSync(folder, { throwIfNoEntry: false }) ? ownBackups(naming, readdirSync(folder)) : []
  const newest = backups.at(-1)
  return newest && periods.endOf(newest.label)
}
