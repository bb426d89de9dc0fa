// The options of every handler that writes to a file.

import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bytes, flag, oneOf, permissions, required, seconds, text } from '../checks.js'
import { type Level, levelCheck } from '../levels.js'
import type { Check } from '../options.js'
import { type OutboxOptions, type OutboxSettings, outboxChecks, outboxDefaults, type Size } from '../outbox-options.js'
import { type EncodingErrors, encodingCheck } from './encoding.js'

/** Options of the file a handler writes to. */
export interface LogFileOptions extends OutboxOptions {
  /** The file: a path, relative to the working directory at construction, or a file: URL. Python: `filename`. */
  filename: string | Uint8Array | URL
  /** 'a' appends, 'w' starts the file anew, 'x' fails when it exists. Python: `mode='a'`. */
  mode?: 'a' | 'w' | 'x'
  /** The file's encoding. Python: `encoding=None`, which there is the locale's. */
  encoding?: string
  /** What becomes of a character that the encoding does not have; 'strict' loses that record, reports and counts it. Python: `errors=None`. */
  errors?: EncodingErrors
  /** What ends each record. Python: `StreamHandler.terminator`. */
  terminator?: string
  /** Open the file at the first record. Python: `delay=False`. */
  delay?: boolean
  /** Make the file's folder, with those above it. Not in Python. */
  mkdir?: boolean
  /** Permission bits of a file that is made, before the umask. Not in Python. */
  fileMode?: number | string
  /** Gather this many bytes before a write; 0 hands over each batch at once. Not in Python. */
  bufferSize?: Size
  /** Seconds that records wait in the buffer at most. Not in Python. */
  flushInterval?: number
  /** Records of this level and above empty the buffer at once. Not in Python. */
  flushLevel?: Level
}

/** The checks of {@link LogFileOptions}. */
export const logFileChecks: typeof outboxChecks & {
  readonly filename: Check<string | Buffer> & { readonly required: true }
  readonly mode: Check<'a' | 'w' | 'x'>
  readonly encoding: Check<string>
  readonly errors: Check<EncodingErrors>
  readonly terminator: Check<string>
  readonly delay: Check<boolean>
  readonly mkdir: Check<boolean>
  readonly fileMode: Check<number>
  readonly bufferSize: Check<number>
  readonly flushInterval: Check<number>
  readonly flushLevel: Check<number>
} = {
  filename: required({ expected: 'a path (string, Buffer or file: URL)', parse: parsePath }),
  mode: oneOf('a', 'w', 'x'),
  encoding: encodingCheck,
  errors: oneOf('strict', 'ignore', 'replace', 'backslashreplace', 'xmlcharrefreplace'),
  terminator: text,
  delay: flag,
  mkdir: flag,
  fileMode: permissions,
  bufferSize: bytes,
  flushInterval: seconds,
  flushLevel: levelCheck,
  ...outboxChecks,
}

/** The defaults of {@link LogFileOptions}. */
export const logFileDefaults: typeof outboxDefaults & {
  readonly mode: 'a'
  readonly encoding: string
  readonly errors: 'strict'
  readonly terminator: string
  readonly delay: boolean
  readonly mkdir: boolean
  readonly bufferSize: number
  readonly flushInterval: number
  readonly flushLevel: number
} = {
  mode: 'a',
  encoding: 'utf-8',
  errors: 'strict',
  terminator: '\n',
  delay: false,
  mkdir: false,
  bufferSize: 0,
  flushInterval: 1,
  flushLevel: 50,
  ...outboxDefaults,
}

/** {@link LogFileOptions} after their checks. */
export interface LogFileSettings extends OutboxSettings {
  readonly filename: string | Buffer
  readonly mode: 'a' | 'w' | 'x'
  readonly encoding: string
  readonly errors: EncodingErrors
  readonly delay: boolean
  readonly mkdir: boolean
  readonly fileMode?: number | undefined
  readonly bufferSize: number
  readonly flushInterval: number
  readonly flushLevel: number
  /** Seconds that the last moments of a process may wait for a slow reader. */
  readonly closeTimeout: number
}

// Absolute from the start: a later chdir() must not move the log. A Buffer or URL arrives in a worker as plain bytes or text.
function parsePath(value: unknown): string | Buffer | undefined {
  if (value instanceof URL) return fileURLToPath(value)
  if (typeof value === 'string')
    return value === '' ? undefined : resolve(value.startsWith('file:') ? fileURLToPath(value) : value)
  if (!(value instanceof Uint8Array) || value.length === 0) return undefined
  const path = Buffer.from(value)
  // Windows has no paths of bytes, and many ways to be absolute.
  if (process.platform === 'win32') return resolve(path.toString())
  return path[0] === 0x2f ? path : Buffer.concat([Buffer.from(`${process.cwd()}/`), path])
}
