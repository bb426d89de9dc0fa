// A timed log under a clock that tests set.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { Handler } from '@pino-handlers/core'
import timedRotatingFile, { type TimedRotatingFileOptions } from '@pino-handlers/timed-rotating-file'
import { assertBalanced } from '../../../test/support/books.js'
import { heard } from '../../../test/support/heard.js'
import { line } from '../../../test/support/lines.js'
import { tempDir } from '../../../test/support/temp-dir.js'

/** A log, and what it said, in order. */
export interface Timed {
  readonly dir: string
  readonly filename: string
  readonly handler: Handler
  readonly events: string[]
}

/** Opens a log in UTC that keeps quiet, `dir`/app.log. */
export function open(t: TestContext, options: Partial<TimedRotatingFileOptions> = {}, dir: string = tempDir(t)): Timed {
  const filename = join(dir, 'app.log')
  const utc = options.timeZone === undefined
  const handler = timedRotatingFile({ filename, utc, onError: 'ignore', ...options })
  return { dir, filename, handler, events: heard(handler) }
}

/** Ends a log, whose books have to balance. */
export async function close({ handler }: Pick<Timed, 'handler'>): Promise<void> {
  await finished(handler.end())
  assertBalanced(handler.stats)
}

/** Stops the clock at a time; the returned function sets it. */
export function clock(t: TestContext, start: string): (time: string) => void {
  t.mock.timers.enable({ apis: ['Date'], now: at(start) })
  return (time) => t.mock.timers.setTime(at(time))
}

/** Milliseconds of '2017-10-15T10:20', or of '10:20' on that day, in UTC. */
export function at(time: string): number {
  return Date.parse(`${/^\d\d:/.test(time) ? `2017-10-15T${time}` : time}Z`)
}

/** Lines of pino as one chunk: `'10:20 a'` is the message a, made at 10:20. */
export function records(...said: readonly string[]): string {
  return said
    .map((each) => {
      const [time = '', msg = ''] = each.split(' ')
      return line(msg, { time: at(time) })
    })
    .join('')
}

/** Sets the clock to the time of each record, and writes it then. */
export function live(set: (time: string) => void, { handler }: Timed, ...said: readonly string[]): void {
  for (const each of said) {
    set(each.split(' ')[0] ?? '')
    handler.write(records(each))
  }
}

/** The messages in each file of a folder, as one text. */
export function messages(dir: string): Record<string, string> {
  const names = readdirSync(dir).sort()
  return Object.fromEntries(names.map((name) => [name, messagesOf(textOf(join(dir, name))).join(' ')]))
}

/** The messages of lines, of pino or of a formatter. */
export function messagesOf(text: string): string[] {
  const lines = text.split('\n').filter((each) => each !== '')
  return lines.map((each) => (each.startsWith('{') ? JSON.parse(each).msg : each))
}

function textOf(path: string): string {
  const bytes = readFileSync(path)
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().replace(/^\ufeff/, '')
}
