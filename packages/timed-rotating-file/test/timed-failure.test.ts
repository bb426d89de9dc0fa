// What goes wrong at the end of a period: nothing is lost, records go on, and the backup is named for its period.

import assert from 'node:assert/strict'
import fs, { mkdirSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { unixOnly } from '../../../test/support/platform.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { at, clock, close, live, messages, open, records } from './timed.js'

describe('a rename that fails in timed-rotating-file', () => {
  it('leaves records in the old file, and gives that the label of its period later', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H' })
    live(set, log, '10:00 a')

    const repair = breakFs(t, 'renameSync', 'ENOTSUP')
    live(set, log, '11:00 b', '11:00:00.999 c', '12:30 d')
    repair()
    live(set, log, '12:30:01 e', '12:30:10 f', '13:29 g', '13:30:10 h')
    await close(log)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'h',
      'app.log.2017-10-15_10': 'a b c d e',
      'app.log.2017-10-15_12': 'f g',
    })
    assert.deepEqual(log.events, [
      'rotate ENOTSUP',
      'rotate ENOTSUP',
      'time app.log.2017-10-15_10',
      'time app.log.2017-10-15_12',
    ])
  })

  it('is tried again by the timer of rotateIdle after 1, 2, 4 ... 60 seconds', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: at('10:00') })
    const log = open(t, { when: 'H', rotateIdle: true })
    log.handler.write(records('10:00 a'))
    let tries = 0
    const repair = breakFs(t, 'renameSync', 'ENOTSUP', () => {
      tries++
    })

    t.mock.timers.tick(3_600_000)
    const attempts: number[] = []
    for (let second = 0; second <= 130; second++) {
      if (tries > attempts.length) attempts.push(second)
      t.mock.timers.tick(1000)
    }
    repair()
    t.mock.timers.tick(60_000)
    await close(log)

    assert.deepEqual(attempts, [0, 1, 3, 7, 15, 31, 63, 123])
    assert.deepEqual(messages(log.dir), { 'app.log': '', 'app.log.2017-10-15_10': 'a' })
  })

  it('does not empty the file in mode w', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H', mode: 'w' })
    live(set, log, '10:00 a')

    breakFs(t, 'renameSync', 'ENOTSUP')
    live(set, log, '11:00 b', '11:00:01.5 c')
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': 'a b c' })
  })

  it('because a namer has one name for two leaves all in the file', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H', namer: (path) => path.replace(/\.\d+$/, '') })

    live(set, log, '10:00 a')
    log.handler.command('rotate')
    live(set, log, '10:30 b')
    log.handler.command('rotate')
    live(set, log, '10:40 c')
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': 'b c', 'app.log.2017-10-15_10': 'a' })
    const backup = join(log.dir, 'app.log.2017-10-15_10')
    assert.equal(
      log.handler.stats.lastError,
      `cannot roll over '${log.filename}': namer returns '${backup}' for two files, the backups 1 and 2 of 2017-10-15_10; records go on to the file as it is`,
    )
  })
})

describe('a disk that is full at the end of a period', () => {
  for (const [what, options] of [
    ['', {}],
    [', with a formatter', { formatter: { fmt: '%(message)s' } }],
  ] as const) {
    it(`is waited for, and each record is in the file of its period then${what}`, async (t) => {
      const set = clock(t, '10:00')
      const log = open(t, { when: 'H', ...options })
      live(set, log, '10:00 a')

      const repair = breakFs(t, 'writeSync', 'ENOSPC')
      live(set, log, '10:59 b', '11:00 c', '12:00 d')
      repair()
      log.handler.flushSync()
      live(set, log, '12:01 e')
      await close(log)

      assert.deepEqual(messages(log.dir), {
        'app.log': 'd e',
        'app.log.2017-10-15_10': 'a b',
        'app.log.2017-10-15_11': 'c',
      })
      assert.equal(log.handler.stats.delivered, 5)
    })
  }
})

describe('a file that cannot be opened after a rollover', () => {
  it('is opened when it can be, and has all that came meanwhile', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H' })
    live(set, log, '10:00 a')

    const repair = breakFs(t, 'openSync', 'EMFILE')
    live(set, log, '11:00 b', '11:30 c')
    repair()
    log.handler.flushSync()
    live(set, log, '11:40 d')
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': 'b c d', 'app.log.2017-10-15_10': 'a' })
  })
})

describe('a clock that is set back under timed-rotating-file', () => {
  it('rolls nothing over twice', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H' })

    live(set, log, '10:00 a', '11:00 b', '10:58 c', '11:00 d', '11:59 e', '12:00 f')
    await close(log)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'f',
      'app.log.2017-10-15_10': 'a',
      'app.log.2017-10-15_11': 'b c d e',
    })
  })

  it('overwrites nothing, after a restart either', async (t) => {
    const set = clock(t, '12:00')
    const log = open(t, { when: 'H' })
    live(set, log, '12:00 a', '13:00 b')
    await close(log)

    set('11:50')
    const next = open(t, { when: 'H' }, log.dir)
    live(set, next, '11:50 c', '12:50 d', '13:50 e')
    await close(next)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'e',
      'app.log.2017-10-15_11': 'b c',
      'app.log.2017-10-15_12': 'a',
      'app.log.2017-10-15_12.1': 'd',
    })
  })

  it('does not make the timer of rotateIdle roll over early', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: at('10:00') })
    const log = open(t, { when: 'midnight', rotateIdle: true })
    log.handler.write(records('10:00 a'))

    t.mock.timers.tick(13 * 3_600_000)
    let lag = 7_200_000
    const now = Date.now
    t.mock.method(Date, 'now', () => now() - lag)
    t.mock.timers.tick(2 * 3_600_000)
    const before = log.events.length
    t.mock.timers.tick(2 * 3_600_000)
    lag = 0
    await close(log)

    assert.equal(before, 0)
    assert.deepEqual(messages(log.dir), { 'app.log': '', 'app.log.2017-10-15': 'a' })
  })
})

describe('a path under timed-rotating-file', () => {
  it('that is a folder is refused', (t) => {
    const dir = tempDir(t)
    mkdirSync(join(dir, 'app.log'))

    for (const delay of [false, true]) {
      assert.throws(() => open(t, { delay }, dir), {
        name: 'HandlerOptionError',
        message: `[timed-rotating-file] option "filename" cannot be opened: EISDIR: illegal operation on a directory, open '${join(dir, 'app.log')}'`,
      })
    }
  })

  it('that is a device never rolls over', { skip: unixOnly('devices have other names') }, async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H', filename: '/dev/null', rotateOnStart: true })

    live(set, log, '10:00 a', '11:00 b')
    log.handler.command('rotate')
    await close(log)

    assert.deepEqual([log.events, log.handler.stats.delivered], [[], 2])
  })

  it('whose file is deleted goes on at the next period', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H' })

    live(set, log, '10:00 a')
    fs.rmSync(log.filename)
    live(set, log, '10:30 b', '11:00 c')
    await close(log)

    assert.deepEqual([messages(log.dir), log.events], [{ 'app.log': 'c' }, []])
  })
})

/** Makes a function of node:fs fail until the returned function is called. */
function breakFs(
  t: TestContext,
  name: 'renameSync' | 'writeSync' | 'openSync',
  code: string,
  onCall: () => void = () => {},
): () => void {
  const broken = t.mock.method(fs, name, () => {
    onCall()
    throw Object.assign(new Error(`${code}: made up, ${name}`), { code })
  })
  syncBuiltinESMExports()
  const repair = (): void => {
    broken.mock.restore()
    syncBuiltinESMExports()
  }
  t.after(repair)
  return repair
}
