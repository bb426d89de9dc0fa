// What the tests of this package do with handlers and the files that they leave.

import fs, { readdirSync, readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { TestContext } from 'node:test'
import * as zlib from 'node:zlib'
import type { Handler } from '@pino-handlers/core'
import rotatingFile, { type RotatingFileOptions } from '@pino-handlers/rotating-file'
import { assertBalanced } from '../../../test/support/books.js'
import { heard as heardRotating } from '../../../test/support/heard.js'
import { tempDir } from '../../../test/support/temp-dir.js'

/** A handler in a folder of its own, where its log is app.log. */
export interface Rolling {
  readonly dir: string
  readonly filename: string
  readonly handler: Handler
  /** What it said, in order: rotations as 'size app.log.1', failures as 'rotate EBUSY', states. */
  readonly events: string[]
}

/** A quiet handler. */
export function roll(t: TestContext, options: Partial<RotatingFileOptions> = {}, dir: string = tempDir(t)): Rolling {
  const filename = join(dir, 'app.log')
  const handler = rotatingFile({ filename, onError: 'ignore', ...options })
  return { dir, filename, handler, events: heard(handler) }
}

/** What a handler says from now on. */
export function heard(handler: Handler): string[] {
  const events = heardRotating(handler)
  handler.on('state', ({ state }) => events.push(state))
  return events
}

/** Ends a handler; its books balance. */
export async function close(...handlers: readonly Handler[]): Promise<void> {
  for (const handler of handlers) {
    await finished(handler.end())
    assertBalanced(handler.stats)
  }
}

/** The text of a file, also of one that is compressed. */
export function textOf(path: string): string {
  const ending = path.slice(path.lastIndexOf('.'))
  const decompress = { '.gz': 'gunzipSync', '.br': 'brotliDecompressSync', '.zst': 'zstdDecompressSync' }[ending]
  const bytes = readFileSync(path)
  return String(decompress ? Reflect.get(zlib, decompress)(bytes) : bytes)
}

/** The names of a log and its backups, the oldest first: app.log.2.gz, app.log.1, app.log. */
export function inOrder(dir: string): string[] {
  const number = (name: string): number => Number(name.split('.')[2] ?? 0)
  return readdirSync(dir)
    .filter((name) => /^app\.log(\.[1-9]\d*(\.(gz|br|zst))?)?$/.test(name))
    .sort((a, b) => number(b) - number(a))
}

/** The text of all of them. */
export function joined(dir: string): string {
  return inOrder(dir)
    .map((name) => textOf(join(dir, name)))
    .join('')
}

/** Makes a function of node:fs fail with `code` whenever `when` says so, until the returned function is called. */
export function breakFs(
  t: TestContext,
  name: 'renameSync' | 'openSync' | 'writeSync' | 'rmSync' | 'symlinkSync',
  code: string,
  when: (...args: unknown[]) => boolean = () => true,
): () => void {
  const real: (...args: never[]) => unknown = fs[name]
  const mocked = t.mock.method(fs, name, ((...args: never[]) => {
    if (when(...args)) throw Object.assign(new Error(`${code}: made up, ${name.replace('Sync', '')}`), { code })
    return real(...args)
  }) as never)
  const repair = (): void => {
    mocked.mock.restore()
    syncBuiltinESMExports()
  }
  syncBuiltinESMExports()
  t.after(repair)
  return repair
}
