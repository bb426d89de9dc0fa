// What docs/coming-from/log4js.md says, tried on both.

import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { assertBooks, runShown, writes, zoneAtNoon } from '../support/shown-program.js'
import { files } from '../support/temp-dir.js'

const page = 'docs/coming-from/log4js.md'
const env = { TZ: zoneAtNoon() }
const theirs = { page, having: 'log4js.configure', after: 'log4js.shutdown(() => {})', env }
const ours = { page, having: '@pino-handlers', after: writes([]), env }

const debug = '[TIME] [DEBUG] shop - cart 17 opened\n'
const error = '[TIME] [ERROR] shop - no such order\n'

describe('coming from log4js', () => {
  it('the translated configuration writes the same files', async (t) => {
    const before = await runShown(t, theirs)
    const after = await runShown(t, ours)

    const expected = { 'app.log': debug + error, 'errors.log': error }
    assert.deepEqual([filesOf(before), filesOf(after)], [expected, expected])
    assert.equal(modeOf(after), modeOf(before))
    assertBooks(after)
  })

  it('the handlers go on with the backups of the appenders', async (t) => {
    const newest = `${'three'.padEnd(60)}\n`
    const old = { 'logs/errors.log': newest, 'logs/errors.log.1': 'two\n', 'logs/errors.log.2': 'one\n' }
    const replaceTheirs = { "maxLogSize: '10M', backups: 5": 'maxLogSize: 60, backups: 2' }
    const replaceOurs = { "maxBytes: '10MiB', backupCount: 5": 'maxBytes: 60, backupCount: 2' }

    const before = await runShown(t, { ...theirs, files: old, replace: replaceTheirs })
    const after = await runShown(t, { ...ours, files: old, replace: replaceOurs })

    const { 'app.log': _, ...errors } = filesOf(after)
    assert.deepEqual(errors, { 'errors.log': error, 'errors.log.1': newest, 'errors.log.2': 'two\n' })
    assert.deepEqual(filesOf(before), filesOf(after))
    assertBooks(after)
  })
})

/** The permissions of a file. */
function modeOf(dir: string): number {
  return statSync(join(dir, 'logs/app.log')).mode & 0o777
}

/** The files in the folder of logs, with TIME for each time. */
function filesOf(dir: string): Record<string, string> {
  const all = Object.entries(files(join(dir, 'logs')))
  return Object.fromEntries(
    all.map(([name, text]) => [name, text.replace(/\[\d{4}-\d\d-\d\dT[\d:.]{12}\]/g, '[TIME]')]),
  )
}
