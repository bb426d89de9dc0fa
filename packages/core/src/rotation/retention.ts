// Which backups have to go.

import { basename } from 'node:path'
import { type Backup, backupPath, labelFinder, type Naming } from './backups.js'
import type { Schedule } from './schedule.js'

/** How much to keep; what is undefined sets no limit. */
export interface Retention {
  /** How many periods or numbers to keep; what a period left in several files counts once. 0 keeps all. Python: `backupCount`. */
  readonly backupCount?: number | undefined
  /** How many backups to keep, whatever their periods. */
  readonly maxFiles?: number | undefined
  /** Seconds after its last record that a backup is kept. */
  readonly maxAge?: number | undefined
  /** Bytes that all backups together may have. */
  readonly maxTotalBytes?: number | undefined
}

/** A backup as it was found on the disk. */
export interface StoredBackup extends Backup {
  /** Bytes of all its files. */
  readonly size: number
  /** When its last record was written, in seconds since 1970. */
  readonly time: number
}

/** The backups to delete, oldest first, of all that there are, oldest first; `now` is in seconds since 1970. */
export function expired<T extends StoredBackup>(
  backups: readonly T[],
  { backupCount, maxFiles = Infinity, maxAge = Infinity, maxTotalBytes = Infinity }: Retention,
  now: number,
): T[] {
  const labels = new Set<string>()
  let files = 0
  let bytes = 0
  const leaves = ({ label, size, time }: T): boolean => {
    labels.add(label)
    files += 1
    bytes += size
    return labels.size > (backupCount || Infinity) || files > maxFiles || bytes > maxTotalBytes || now - time > maxAge
  }
  return backups.toReversed().filter(leaves).reverse()
}

/**
 * The names in a folder that a rollover deletes, exactly as Python has it: all that it might have labelled itself, in
 * the order of their names, but for the last `backupCount`. Python: `TimedRotatingFileHandler.getFilesToDelete`.
 */
export function filesToDelete(
  naming: Naming & { readonly schedule: Schedule },
  names: readonly string[],
  backupCount: number,
): string[] {
  const labelsIn = labelFinder(naming.schedule)
  const own = names.filter((name) => labelsIn(name).some((label) => basename(backupPath(naming, label)) === name))
  return own.sort().slice(0, Math.max(0, own.length - backupCount))
}
