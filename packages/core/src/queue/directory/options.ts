// The options of a queue in a directory.

import { bytes, flag, name, oneOf, permissions, required } from '../../checks.js'
import type { Check } from '../../options.js'
import type { Size } from '../../outbox-options.js'

/** What happens when the directory is full: the one who puts waits, or the oldest segments that nobody reads go. */
export type DirectoryOverflow = 'block' | 'drop-oldest'

/** Options of a queue in a directory. */
export interface DirectoryQueueOptions {
  /** The directory, which belongs to this queue alone. */
  path: string
  /** Size of all segments together, those too that were read in part. */
  maxBytes?: Size
  /** Size at which the next segment begins, what one who puts holds open; at most a quarter of `maxBytes`. */
  segmentBytes?: Size
  /** What is put is on the disk, not only with the operating system, before `put` settles. */
  fsync?: boolean
  /** Make the directory when it is missing. */
  mkdir?: boolean
  /** Permission bits of a directory that is made, less the umask: nobody else may look into it. */
  mode?: number | string
  /** What happens when the directory is full: 'block' lets `put` wait until something was read. */
  overflow?: DirectoryOverflow
}

// Less would be a few records in each segment.
const SMALLEST = 4096

const size: Check<number> = {
  expected: "a size of 4 KiB or more: a number of bytes, or a text such as '10MB' or '10MiB'",
  parse(value, given) {
    const parsed = bytes.parse(value, given)
    return parsed !== undefined && parsed >= SMALLEST ? parsed : undefined
  },
}

/** The checks of {@link DirectoryQueueOptions}. */
export const directoryQueueChecks: {
  readonly path: Check<string> & { readonly required: true }
  readonly maxBytes: Check<number>
  readonly segmentBytes: Check<number>
  readonly fsync: Check<boolean>
  readonly mkdir: Check<boolean>
  readonly mode: Check<number>
  readonly overflow: Check<DirectoryOverflow>
} = {
  path: required(name),
  maxBytes: size,
  segmentBytes: size,
  fsync: flag,
  mkdir: flag,
  mode: permissions,
  overflow: oneOf('block', 'drop-oldest'),
}

/** The defaults of {@link DirectoryQueueOptions}. */
export const directoryQueueDefaults: {
  readonly maxBytes: number
  readonly segmentBytes: number
  readonly fsync: boolean
  readonly mkdir: boolean
  readonly mode: number
  readonly overflow: 'block'
} = {
  maxBytes: 2 ** 30,
  segmentBytes: 4 * 2 ** 20,
  fsync: false,
  mkdir: true,
  mode: 0o700,
  overflow: 'block',
}

/** {@link DirectoryQueueOptions} after their checks. */
export interface DirectoryQueueSettings {
  readonly path: string
  readonly maxBytes: number
  readonly segmentBytes: number
  readonly fsync: boolean
  readonly mkdir: boolean
  readonly mode: number
  readonly overflow: DirectoryOverflow
}
