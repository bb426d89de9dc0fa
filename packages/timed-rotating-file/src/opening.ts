// Which period the records belong to that an earlier run has left in the file.

import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { lineTime, type RecordShape } from '@pino-handlers/core'
import { backupPath, type Naming, ownBackups } from '@pino-handlers/core/rotation'
import type { Periods } from './periods.js'

/** Bytes in which the first record is looked for. */
const FIRST = 64 * 1024

/** Seconds by which the clock of a file system may be behind ours: some ticks of the system, which a busy one has late. */
const TICK = 0.1

/** What is known where other processes roll the same file over. Times are seconds since 1970. */
export interface Followed {
  /** The time of the record that comes next. */
  readonly instant: number
  /** The end of an earlier period. */
  readonly over: number
}

/**
 * The end of the period of what is in the file: that of its first record, if that says its time. Else it is the period
 * of the last write, as in Python, which may have begun where the newest backup ends, or when the file was made. For a
 * file without records it is the period of `now`. Of a file that is followed no period is right that has a backup: the
 * first record in it may be a late one of another process, and so may the one that comes next.
 */
export function periodEnd(
  naming: Naming,
  periods: Periods,
  shape: RecordShape,
  now: number,
  followed?: Followed,
): number {
  const over = followed ? endBefore(now, followed.over, newestEnd(naming, periods)) : Number.NEGATIVE_INFINITY
  const found = statSync(naming.filename, { throwIfNoEntry: false })
  if (!found?.isFile() || found.size === 0) return periods.endAfter(Math.max(followed?.instant ?? now, over))
  const birth = found.birthtimeMs / 1000
  const isAfter = over <= birth + TICK && birth <= now + TICK
  const born = isAfter ? Math.max(over, birth) : birth
  const first = lineTime(firstLine(naming.filename), shape)
  if (first !== undefined) {
    const isLate = isAfter && first / 1000 < over
    return periods.endAfter(Math.min(isLate ? born : first / 1000, now))
  }
  const written = Math.min(isAfter ? Math.max(over, found.mtimeMs / 1000) : found.mtimeMs / 1000, now)
  // After days without records the newest backup says nothing, as does the birth of a file that was copied.
  const holdsWritten = (start = Infinity): boolean => start <= written && written < periods.endAfter(start)
  return periods.endAfter([newestEnd(naming, periods), born].find(holdsWritten) ?? Math.floor(written))
}

// A clock that was set back leaves ends behind that are still to come.
function endBefore(now: number, ...ends: readonly (number | undefined)[]): number {
  return Math.max(...ends.map((end) => (end !== undefined && end <= now ? end : Number.NEGATIVE_INFINITY)))
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
