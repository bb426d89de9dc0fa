// The file that file handlers write to: a path, opened as its options say.

import { closeSync, constants, fstatSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { HandlerOptionError, toError } from '../errors.js'
import type { Monitor } from '../monitor.js'
import { DescriptorWriter } from './descriptor-writer.js'
import { createEncoder } from './encoding.js'
import type { LogFileSettings } from './options.js'
import type { Plan } from './plan.js'

// All append, so that a file that somebody truncates goes on at its start, without a hole. 'x' is for the first time.
const { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } = constants
const FLAGS = { a: 'a', w: O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, x: 'ax' } as const

/**
 * A writer for a file, open already unless `delay` is set; `plan` decides when it is time for another file, and `later`
 * is the mode in which that is opened.
 * @throws {HandlerOptionError} when the file cannot be opened now, or `filename` is a directory.
 */
export function openLogFile(
  settings: LogFileSettings,
  monitor: Monitor,
  plan?: Plan,
  later: 'a' | 'w' = settings.mode === 'w' ? 'w' : 'a',
): DescriptorWriter {
  const { filename, mode, encoding, errors, fileMode, mkdir, delay } = settings
  const label = `'${filename.toString()}'`
  let made = false
  const open = (): number => {
    if (mkdir) mkdirSync(dirname(filename.toString()), { recursive: true })
    const fd = openSync(filename, FLAGS[made ? later : mode], fileMode)
    if (process.platform === 'win32') refuseDirectory(fd, label)
    made = true
    return fd
  }
  const encoder = createEncoder(encoding, errors)
  const writer = new DescriptorWriter(
    { ...settings, label, open, encoder, owned: true, reopens: mode === 'a', plan },
    monitor,
  )
  try {
    if (!delay) writer.open()
    else if (isDirectory(filename)) throw isDirectoryError(label)
  } catch (error) {
    throw new HandlerOptionError(`[${monitor.handler}] option "filename" cannot be opened: ${toError(error).message}`, {
      cause: error,
    })
  }
  return writer
}

// Windows opens a folder as if it were a file.
function refuseDirectory(fd: number, label: string): void {
  if (!fstatSync(fd).isDirectory()) return
  closeSync(fd)
  throw isDirectoryError(label)
}

// As the system says it.
function isDirectoryError(label: string): Error {
  const error = new Error(`EISDIR: illegal operation on a directory, open ${label}`)
  return Object.assign(error, { code: 'EISDIR', syscall: 'open' })
}

function isDirectory(path: string | Buffer): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
