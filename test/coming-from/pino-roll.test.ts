// What docs/coming-from/pino-roll.md says, tried on both.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { line } from '../support/lines.js'
import { assertBooks, runShown, writes, zoneAtNoon } from '../support/shown-program.js'
import { files } from '../support/temp-dir.js'

const page = 'docs/coming-from/pino-roll.md'
const env = { TZ: zoneAtNoon() }

describe('coming from pino-roll', () => {
  it('the translated configuration writes the same lines', async (t) => {
    const lines = Array.from({ length: 20 }, (_, n) => line(`order ${n}`, { time: Date.now() }))

    const theirs = await runShown(t, { page, having: "target: 'pino-roll'", after: writes(lines), env })
    const ours = await runShown(t, { page, having: '@pino-handlers', after: writes(lines), env })

    const [name = ''] = readdirSync(join(theirs, 'logs'))
    assert.match(name, /^app\.\d{4}-\d\d-\d\d\.1\.log$/)
    assert.equal(readFileSync(join(theirs, 'logs', name), 'utf8'), lines.join(''))
    assert.deepEqual(files(join(ours, 'logs')), { 'app.log': lines.join('') })
    assertBooks(ours)
  })

  it('files of pino-roll are left alone', async (t) => {
    const old = { 'logs/app.2017-10-14.1.log': 'old\n', 'logs/app.2017-10-15.1.log': 'older\n' }
    const lines = [line('a', { time: Date.now() }), line('b', { time: Date.now() })]
    const replace = { "maxBytes: '10MiB', maxFiles: 6": 'maxBytes: 90, maxFiles: 1' }

    const dir = await runShown(t, { page, having: '@pino-handlers', replace, files: old, after: writes(lines), env })

    const { 'app.log': newest, ...others } = files(join(dir, 'logs'))
    const names = Object.keys(others).map((name) => name.replace(/log\.\d{4}-\d\d-\d\d$/, 'log.DATE'))
    assert.equal(newest, lines[1])
    assert.deepEqual(names.sort(), ['app.2017-10-14.1.log', 'app.2017-10-15.1.log', 'app.log.DATE'])
    assertBooks(dir)
  })

  it('with removeOtherLogFiles, limit.count has the newest file among them', async (t) => {
    const old = { 'logs/app.1.log': '1\n', 'logs/app.2.log': '2\n', 'logs/app.3.log': '3\n' }
    const after = `
      import roll from 'pino-roll'
      import { once } from 'node:events'
      const limit = { count: 2, removeOtherLogFiles: true }
      const stream = await roll({ file: 'logs/app', size: '1b', limit })
      const cleaned = once(stream, 'cleanup-complete')
      stream.write('a\\n')
      await cleaned
      stream.end()
      await once(transport, 'ready')
      transport.end()`
    const replace = { "file: 'logs/app'": "file: 'unused/app'" }

    const dir = await runShown(t, { page, having: "target: 'pino-roll'", replace, files: old, after, env })

    assert.deepEqual(readdirSync(join(dir, 'logs')), ['app.3.log', 'app.4.log'])
  })

  it('by day without dateFormat, pino-roll appends to the file of an earlier day after a restart', async (t) => {
    const after = `
      import roll from 'pino-roll'
      import { once } from 'node:events'
      const { now } = Date
      for (const day of [0, 1]) {
        const shift = day * 24 * 3600 * 1000
        const then = class extends Date { constructor(...given) { given.length ? super(...given) : super(now() + shift) } }
        then.now = () => now() + shift
        globalThis.Date = then
        const stream = await roll({ file: 'by-day/app', frequency: 'daily', mkdir: true })
        stream.write('day ' + day)
        stream.end()
        await once(stream, 'close')
      }
      await once(transport, 'ready')
      transport.end()`

    const dir = await runShown(t, { page, having: "target: 'pino-roll'", after, env })

    assert.deepEqual(files(join(dir, 'by-day')), { 'app.1.log': 'day 0day 1' })
  })
})
