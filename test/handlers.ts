// Every handler, as the suites that all of them join need it. A new handler adds its row here.

import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Handler } from '@pino-handlers/core'
import file from '@pino-handlers/file'
import nullHandler from '@pino-handlers/null'
import stream from '@pino-handlers/stream'
import watchedFile from '@pino-handlers/watched-file'

/** One handler in the shared suites. */
export interface HandlerCase {
  /** The package's name without its scope. */
  readonly name: string
  /** Options that work, as JSON, for a destination in `dir`. */
  options(dir: string): Record<string, unknown>
  /** The factory, called with options that are the row's own or wrong on purpose. */
  create(options: Record<string, unknown>): Handler
  /** The lines that reached the destination in `dir`; without it there is none to look at. */
  readonly read?: (dir: string) => string[]
}

export const handlers: readonly HandlerCase[] = [
  {
    name: 'file',
    options: (dir) => ({ filename: join(dir, 'file.log') }),
    create: (options) => file(options as unknown as Parameters<typeof file>[0]),
    read: (dir) => linesOf(join(dir, 'file.log')),
  },
  { name: 'null', options: () => ({}), create: (options) => nullHandler(options) },
  {
    name: 'stream',
    options: (dir) => ({ stream: openSync(join(dir, 'stream.log'), 'a') }),
    create: (options) => stream(options),
    read: (dir) => linesOf(join(dir, 'stream.log')),
  },
  {
    name: 'watched-file',
    options: (dir) => ({ filename: join(dir, 'watched-file.log') }),
    create: (options) => watchedFile(options as unknown as Parameters<typeof watchedFile>[0]),
    read: (dir) => linesOf(join(dir, 'watched-file.log')),
  },
]

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split(/(?<=\n)/)
}
