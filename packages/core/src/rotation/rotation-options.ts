// The options that every rotating handler has beside those of its file.

import { bytes, count, flag, name, required, seconds } from '../checks.js'
import { logFileChecks } from '../file/options.js'
import { type FunctionOption, functionOption } from '../function-option.js'
import type { Check } from '../options.js'
import type { Size } from '../outbox-options.js'
import { type Compression, compressionCheck } from './compression.js'

/** Gives a backup another name: takes and returns a path. Python: `handler.namer`. */
export type Namer = (name: string) => string

/** Moves a log file to its backup's place. Python: `handler.rotator`. */
export type Rotator = (source: string, dest: string) => void

/** Options of handlers whose file rolls over. */
export interface RotationOptions {
  /** How many backups to keep. Python: `backupCount=0`. */
  backupCount?: number
  /** Gives a backup another name: takes and returns a path, always the same for the same. Python: `handler.namer`. */
  namer?: FunctionOption<Namer>
  /** Moves the log file to the backup's place instead of renaming it. Python: `handler.rotator`. */
  rotator?: FunctionOption<Rotator>
  /** Delete the oldest backups beyond this number. Not in Python. */
  maxFiles?: number
  /** Delete backups whose last record is older than this many seconds. Not in Python. */
  maxAge?: number
  /** Delete the oldest backups beyond this many bytes of all together. Not in Python. */
  maxTotalBytes?: Size
  /** Compress backups off the hot path: `.gz`, `.br` or `.zst`. Not in Python. */
  compress?: Compression
  /** A symbolic link that is kept pointing to the log file. Not in Python. */
  symlink?: string
  /** Several processes write to this file: they agree on one rollover by a lock beside it. Not in Python. */
  shared?: boolean
  /** Roll over what an earlier run left, once, before the first record. Not in Python. */
  rotateOnStart?: boolean
}

/** The checks of {@link RotationOptions}. */
export const rotationChecks: {
  readonly filename: Check<string> & { readonly required: true }
  readonly backupCount: Check<number>
  readonly namer: Check<Namer>
  readonly rotator: Check<Rotator>
  readonly maxFiles: Check<number>
  readonly maxAge: Check<number>
  readonly maxTotalBytes: Check<number>
  readonly compress: Check<Compression>
  readonly symlink: Check<string>
  readonly shared: Check<boolean>
  readonly rotateOnStart: Check<boolean>
} = {
  filename: required({ ...logFileChecks.filename, parse: parseTextPath }),
  backupCount: count,
  namer: functionOption<Namer>('(name) => name'),
  rotator: functionOption<Rotator>('(source, dest) => void'),
  maxFiles: count,
  maxAge: seconds,
  maxTotalBytes: bytes,
  compress: compressionCheck,
  symlink: name,
  shared: flag,
  rotateOnStart: flag,
}

/** The defaults of {@link RotationOptions}. */
export const rotationDefaults: {
  readonly backupCount: number
  readonly shared: boolean
  readonly rotateOnStart: boolean
} = { backupCount: 0, shared: false, rotateOnStart: false }

/** {@link RotationOptions} after their checks. */
export interface RotationSettings {
  readonly backupCount: number
  readonly namer?: Namer | undefined
  readonly rotator?: Rotator | undefined
  readonly maxFiles?: number | undefined
  readonly maxAge?: number | undefined
  readonly maxTotalBytes?: number | undefined
  readonly compress?: Compression | undefined
  readonly symlink?: string | undefined
  readonly shared: boolean
  readonly rotateOnStart: boolean
}

// The names of backups are made of it, as text.
function parseTextPath(value: unknown): string | undefined {
  const path = logFileChecks.filename.parse(value, {})
  if (typeof path !== 'object') return path
  const text = path.toString()
  if (!Buffer.from(text).equals(path)) throw new Error('must be a path in UTF-8 where a file rolls over')
  return text
}
