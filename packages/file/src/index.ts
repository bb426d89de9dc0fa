// Records to a file.

import {
  type Checks,
  type CommonJs,
  type CommonOptions,
  commonChecks,
  commonDefaults,
  Handler,
  type OptionTable,
  optionTable,
  resolveOptions,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'
import { type LogFileOptions, logFileChecks, logFileDefaults, openLogFile } from '@pino-handlers/core/file'

/** Options of {@link file}. */
export interface FileOptions extends CommonOptions, LogFileOptions {}

const checks = { ...logFileChecks, ...commonChecks } satisfies Checks<FileOptions>
const defaults = { ...logFileDefaults, ...commonDefaults }

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)

/**
 * Writes records to a file and keeps them through a full disk. Sizes are bytes, times are seconds.
 * Throws a HandlerOptionError for a wrong option, or a file that cannot be opened. Python: `logging.FileHandler`.
 */
export default function file(options: FileOptions): Handler {
  const settings = resolveOptions('file', checks, defaults, options)
  return new Handler({ name: 'file', settings }, (monitor) => openLogFile(settings, monitor))
}

/** {@link file} as a target of `pino.transport()`, with options that are checked at once. */
export function fileTarget(options: FileOptions, level?: string): WorkerTarget {
  return workerTarget('file', import.meta.url, { options, level }, () =>
    resolveOptions('file', checks, defaults, options),
  )
}

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof file, typeof import('./index.js')> = Object.assign(file, { file, fileTarget, options })

export { commonJs as 'module.exports', file }
