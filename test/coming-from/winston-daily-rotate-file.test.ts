// What docs/coming-from/winston-daily-rotate-file.md says, tried on both.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { assertBooks, runShown, writes, zoneAtNoon } from '../support/shown-program.js'
import { files } from '../support/temp-dir.js'

const page = 'docs/coming-from/winston-daily-rotate-file.md'
const env = { TZ: zoneAtNoon() }

describe('coming from winston-daily-rotate-file', () => {
  it('the translated configuration writes records with the same keys and values', async (t) => {
    const theirs = await runShown(t, { page, having: 'new DailyRotateFile', after: 'logger.end()', env })
    const ours = await runShown(t, { page, having: '@pino-handlers', after: writes([]), env })

    const name = readdirSync(join(theirs, 'logs')).find((each) => !each.startsWith('.')) ?? ''
    assert.match(name, /^app-\d{4}-\d\d-\d\d\.log$/)
    const expected = [{ level: 'info', message: 'order taken', orderId: 17, timestamp: 'a time' }]
    assert.deepEqual(recordsOf(readFileSync(join(theirs, 'logs', name), 'utf8')), expected)
    assert.deepEqual(recordsOf(files(join(ours, 'logs'))['app.log']), expected)
    assertBooks(ours)
  })

  it('maxFiles of winston has the newest file among them, and its size is exceeded', async (t) => {
    const after = `
      import { once } from 'node:events'
      const small = new DailyRotateFile({ dirname: 'small', filename: 'app-%DATE%.log', maxSize: 1, maxFiles: 2 })
      let opened = once(small.logStream, 'open')
      small.on('rotate', () => (opened = once(small.logStream, 'open')))
      for (let n = 0; n < 40; n++) {
        small.log({ [Symbol.for('message')]: 'x'.repeat(99) }, () => {})
        await opened
      }
      small.close()
      await once(small, 'finish')
      logger.end()`

    const dir = await runShown(t, { page, having: 'new DailyRotateFile', after, env })

    const sizes = Object.entries(files(join(dir, 'small')))
      .filter(([name]) => name.startsWith('app'))
      .map(([name, text]) => [name.replace(/-\d{4}-\d\d-\d\d/, ''), text.length])
    assert.deepEqual(sizes, [
      ['app.log.2', 1100],
      ['app.log.3', 700],
    ])
  })
})

/** The records of a file, with a valid time as 'a time'. */
function recordsOf(text = ''): unknown[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { timestamp, ...rest }: Record<string, unknown> = JSON.parse(line)
      const valid = new Date(String(timestamp)).toISOString() === timestamp
      return { ...rest, timestamp: valid ? 'a time' : timestamp }
    })
}
