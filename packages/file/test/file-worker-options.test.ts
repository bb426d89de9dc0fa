// What is wrong with an option, as the application reads it after the error has crossed the worker: only words do.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'

const filename = 'app.log'
const levels = "'fatal', 'error', 'warn', 'info', 'debug', 'trace'"
const cwd = process.cwd()

const wrong: readonly (readonly [Record<string, unknown>, string])[] = [
  [{}, 'option "filename" is required: a path (string, Buffer or file: URL)'],
  [{ filename: 5 }, 'option "filename" must be a path (string, Buffer or file: URL), got 5'],
  [{ filename: '.' }, 'option "filename" cannot be opened: EISDIR: illegal operation on a directory, open \'<dir>\''],
  [{ filename, file_mode: '600' }, 'unknown option "file_mode"; did you mean "fileMode"?'],
  [{ filename, delay: 'yes' }, 'option "delay" must be true or false, got \'yes\''],
  [
    { filename, level: 'inof' },
    `option "level" must be a level number or one of ${levels} (or a label of customLevels), got 'inof'`,
  ],
  [
    { filename, formatter: { fmt: 'plain' } },
    "option \"formatter\" cannot be used: Invalid format 'plain' for '%' style",
  ],
  [
    { filename, formatter: { datefmt: '%H:%Q' } },
    'option "formatter" has a wrong entry: option "datefmt" has the unknown strftime directive "%Q" in "%H:%Q"',
  ],
  [
    { filename, filter: './no-such-hooks.js' },
    `option "filter" names './no-such-hooks.js', which cannot be loaded from ${cwd}: Cannot find module './no-such-hooks.js'`,
  ],
  [
    { filename, filter: './build/test/fixtures/hooks.js#notAFunction' },
    'option "filter" names \'./build/test/fixtures/hooks.js#notAFunction\', but "notAFunction" is 42, not a function there; ' +
      'it exports: asItCame, default, notAFunction, shout',
  ],
]

describe('file in a worker says', () => {
  for (const [options, text] of wrong) {
    it(text, async (t) => {
      const dir = tempDir(t)
      const given =
        typeof options.filename === 'string' ? { ...options, filename: join(dir, options.filename) } : options

      const run = await runFixture('worker-app', {
        transport: { target: '@pino-handlers/file', options: given },
        records: 0,
        ending: 'error',
      })

      assert.deepEqual(JSON.parse(run.stdout), [['error', `[file] ${text.replace('<dir>', dir)}`]])
    })
  }
})
