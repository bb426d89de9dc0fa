// The file of records that a server will never take.

import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Check, toError } from '@pino-handlers/core'

/** Why records are put aside. */
export interface Refusal {
  /** The status of the answer; 0 when the records were not sent. */
  readonly status: number
  /** The beginning of the answer. */
  readonly answer: string
}

/** The option `deadLetter`. */
export const deadLetterCheck: Check<string> = {
  expected: 'the path of a file',
  parse: (value) => (typeof value === 'string' && value !== '' ? openable(resolve(value)) : undefined),
}

/**
 * Appends a line of JSON for each record: `{ time, status, answer, record }`, the record as it was to be sent. The file is
 * opened for it each time, so that it may be moved away. Throws when it cannot be written.
 */
export function appendDeadLetters(path: string, entries: readonly string[], refusal: Refusal): void {
  const time = new Date().toISOString()
  const lines = entries.map((entry) => `${JSON.stringify({ time, ...refusal, record: entry.replace(/\n$/, '') })}\n`)
  const fd = openSync(path, 'a+')
  try {
    writeFileSync(fd, (endsTorn(fd) ? '\n' : '') + lines.join(''))
  } finally {
    closeSync(fd)
  }
}

// A full disk, or the end of a process, may have left half a line.
function endsTorn(fd: number): boolean {
  const { size } = fstatSync(fd)
  const last = Buffer.alloc(1)
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a
}

// Found now, not with the first record that would be lost.
function openable(path: string): string {
  try {
    closeSync(openSync(path, 'a'))
  } catch (error) {
    throw new Error(`names a file that cannot be written: ${toError(error).message}`, { cause: error })
  }
  return path
}
