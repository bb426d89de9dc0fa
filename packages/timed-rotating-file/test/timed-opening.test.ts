// The period that a log is in when it is opened, and rollovers of files that nobody writes to.

import assert from 'node:assert/strict'
import fs, { existsSync, utimesSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { line } from '../../../test/support/lines.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { at, clock, close, live, messages, open, records } from './timed.js'

describe('timed-rotating-file finds the period of the file', () => {
  it('by its first record, however it was touched since, and rolls it over before the first write', async (t) => {
    const dir = left(t, '2017-10-17T11:00', records('10:00 a', '2017-10-16T10:00 b'))
    const set = clock(t, '2017-10-17T12:00')
    const log = open(t, { when: 'midnight' }, dir)
    const before = messages(dir)

    live(set, log, '2017-10-17T12:00 c')
    await close(log)

    assert.deepEqual(before, { 'app.log': 'a b' })
    assert.deepEqual(messages(dir), { 'app.log': 'c', 'app.log.2017-10-15': 'a b' })
  })

  it('by its first record, which is of this period although the last write was long ago', async (t) => {
    const dir = left(t, '2017-09-01T00:00', records('10:00 a'))
    const set = clock(t, '11:00')
    const log = open(t, { when: 'midnight' }, dir)

    live(set, log, '11:00 b')
    await close(log)

    assert.deepEqual(messages(dir), { 'app.log': 'a b' })
  })

  it('by its first record behind a byte order mark', async (t) => {
    const dir = left(t, '2017-10-17T11:00', `\ufeff${records('10:00 a')}`)
    const set = clock(t, '2017-10-17T12:00')
    const log = open(t, { when: 'midnight', encoding: 'utf-8-sig' }, dir)

    live(set, log, '2017-10-17T12:00 b')
    await close(log)

    assert.deepEqual(messages(dir), { 'app.log': 'b', 'app.log.2017-10-15': 'a' })
  })

  it('of now, when its first record is of the future', async (t) => {
    const dir = left(t, '10:00', records('2019-01-01T00:00 a'))
    const set = clock(t, '10:30')
    const log = open(t, { when: 'H' }, dir)

    live(set, log, '11:29 b', '11:30 c')
    await close(log)

    assert.deepEqual(messages(dir), { 'app.log': 'c', 'app.log.2017-10-15_10': 'a b' })
  })

  it('by its last write, when its records do not say', async (t) => {
    const dir = left(t, '2017-10-12T11:00', 'text\n')
    const set = clock(t, '10:00')
    const log = open(t, { when: 'midnight' }, dir)

    live(set, log, '10:00 a')
    await close(log)

    assert.deepEqual(messages(dir), { 'app.log': 'a', 'app.log.2017-10-12': 'text' })
  })

  it('by its last write, when its first line is longer than is looked at', async (t) => {
    const dir = left(t, '2017-10-12T11:00', line('x'.repeat(100_000), { time: at('10:00') }))
    const set = clock(t, '10:00')
    const log = open(t, { when: 'midnight' }, dir)

    live(set, log, '10:00 a')
    await close(log)

    assert.deepEqual(Object.keys(files(dir)), ['app.log', 'app.log.2017-10-12'])
  })

  it('by the newest backup, when that ends within a period of the last write', async (t) => {
    const dir = left(t, '10:20', 'text\n')
    for (const hour of ['08', '09']) writeFileSync(join(dir, `app.log.2017-10-15_${hour}`), 'old\n')
    const set = clock(t, '10:40')
    const log = open(t, { when: 'H' }, dir)

    live(set, log, '10:59 a', '11:00 b')
    await close(log)

    const { 'app.log': active, 'app.log.2017-10-15_10': rolled } = messages(dir)
    assert.deepEqual([active, rolled], ['b', 'text a'])
  })

  it('not by a newest backup of days ago', async (t) => {
    const dir = left(t, '09:00', 'text\n')
    writeFileSync(join(dir, 'app.log.2017-10-13'), 'old\n')
    const set = clock(t, '10:00')
    const log = open(t, { when: 'midnight' }, dir)

    live(set, log, '10:00 a')
    await close(log)

    assert.deepEqual(messages(dir), { 'app.log': 'text a', 'app.log.2017-10-13': 'old' })
  })

  it('by the birth of the file, where it has one', async (t) => {
    const dir = left(t, '10:50', 'text\n')
    bornAt(t, '10:10')
    const set = clock(t, '11:00')
    const log = open(t, { when: 'H' }, dir)

    live(set, log, '11:09 a', '11:10 b')
    await close(log)

    assert.deepEqual(messages(dir), { 'app.log': 'b', 'app.log.2017-10-15_10': 'text a' })
  })

  it('of its first record, when there was none before', async (t) => {
    const dir = left(t, '2017-10-01T00:00', '')
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H' }, dir)

    live(set, log, '10:30 a')
    await close(log)

    assert.deepEqual(messages(dir), { 'app.log': 'a' })
  })
})

describe('timed-rotating-file is restarted', () => {
  it('30 times in five hours, and has a file for each hour', async (t) => {
    const dir = tempDir(t)
    const set = clock(t, '10:00')
    for (let run = 0; run < 30; run++) {
      const begin = at('10:00') + run * 600_000
      set(new Date(begin).toISOString().slice(0, -1))
      const log = open(t, { when: 'H' }, dir)
      for (const second of [1, 300, 599]) {
        t.mock.timers.setTime(begin + second * 1000)
        log.handler.write(line(`${run}:${second}`, { time: begin + second * 1000 }))
      }
      await close(log)
    }

    const said = (first: number, last: number): string =>
      Array.from({ length: last - first + 1 }, (_, n) =>
        [1, 300, 599].map((second) => `${first + n}:${second}`).join(' '),
      ).join(' ')
    assert.deepEqual(messages(dir), {
      'app.log': said(24, 29),
      'app.log.2017-10-15_10': said(0, 5),
      'app.log.2017-10-15_11': said(6, 11),
      'app.log.2017-10-15_12': said(12, 17),
      'app.log.2017-10-15_13': said(18, 23),
    })
  })

  it('as often with a formatter, where only the files tell', async (t) => {
    const dir = tempDir(t)
    const set = clock(t, '10:00')
    let birth = '10:00'
    bornAt(t, () => birth)
    for (let run = 0; run < 30; run++) {
      const time = new Date(at('10:00') + run * 600_000).toISOString().slice(0, -1)
      set(time)
      const log = open(t, { when: 'H', formatter: { fmt: '%(message)s' } }, dir)
      log.handler.on('rotate', () => {
        birth = time
      })
      log.handler.write(records(`${time} ${run}`))
      await close(log)
      utimesSync(log.filename, at(time) / 1000, at(time) / 1000)
    }

    const hours = [10, 11, 12, 13, 14].map((hour, n) => [
      hour === 14 ? 'app.log' : `app.log.2017-10-15_${hour}`,
      [0, 1, 2, 3, 4, 5].map((ten) => n * 6 + ten).join(' '),
    ])
    assert.deepEqual(messages(dir), Object.fromEntries(hours))
  })
})

describe('timed-rotating-file with delay', () => {
  it('makes no file before the first record, and no empty backup', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H', delay: true })
    const before = existsSync(log.filename)

    live(set, log, '14:30 a', '15:29 b', '15:30 c')
    await close(log)

    assert.deepEqual([before, messages(log.dir)], [false, { 'app.log': 'c', 'app.log.2017-10-15_14': 'a b' }])
  })

  it('rolls over what an earlier run left', async (t) => {
    const dir = left(t, '10:00', records('10:00 a'))
    const set = clock(t, '2017-10-16T10:00')
    const log = open(t, { when: 'midnight', delay: true }, dir)

    live(set, log, '2017-10-16T10:00 b')
    await close(log)

    assert.deepEqual(messages(dir), { 'app.log': 'b', 'app.log.2017-10-15': 'a' })
  })
})

describe('timed-rotating-file with mode w', () => {
  it('loses nothing that an earlier run has written', async (t) => {
    const dir = left(t, '10:00', records('10:00 a'))
    const set = clock(t, '11:00')
    const log = open(t, { when: 'midnight', mode: 'w' }, dir)

    live(set, log, '11:00 b', '2017-10-16T10:00 c')
    await close(log)

    assert.deepEqual(messages(dir), { 'app.log': 'c', 'app.log.2017-10-15': 'a b' })
  })
})

describe('timed-rotating-file that nobody writes to', () => {
  it('rolls over at the end of its period with rotateIdle, once, and makes no empty backups', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: at('10:00') })
    const log = open(t, { when: 'H', rotateIdle: true })
    log.handler.write(records('10:00 a'))

    t.mock.timers.tick(3_599_999)
    const before = messages(log.dir)
    t.mock.timers.tick(1)
    const after = messages(log.dir)
    t.mock.timers.tick(5 * 3_600_000)
    log.handler.write(records('16:00 b'))
    t.mock.timers.tick(3_600_000)
    await close(log)

    assert.deepEqual([before, after], [{ 'app.log': 'a' }, { 'app.log': '', 'app.log.2017-10-15_10': 'a' }])
    assert.deepEqual(messages(log.dir), {
      'app.log': '',
      'app.log.2017-10-15_10': 'a',
      'app.log.2017-10-15_16': 'b',
    })
    assert.deepEqual(log.events, ['time app.log.2017-10-15_10', 'time app.log.2017-10-15_16'])
  })

  it('rolls over a month that is longer than a timer can be', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: at('10:00') })
    const log = open(t, { cron: '0 0 1 * *', rotateIdle: true })
    log.handler.write(records('10:00 a'))

    for (let hour = 0; hour < 17 * 24; hour++) t.mock.timers.tick(3_600_000)
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': '', 'app.log.2017-10-01_00-00': 'a' })
  })

  it('writes what its buffer holds before it rolls over', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: at('10:00') })
    const log = open(t, { when: 'H', rotateIdle: true, bufferSize: 10_000, flushInterval: 86_400 })
    log.handler.write(records('10:59 a'))

    t.mock.timers.tick(3_600_000)
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': '', 'app.log.2017-10-15_10': 'a' })
  })

  it('is rolled over by one of several handlers with shared, also by one that never wrote', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: at('10:00') })
    const chances = [0, 0.5]
    t.mock.method(Math, 'random', () => chances.shift() ?? 0)
    const options = { when: 'H', rotateIdle: true, shared: true, jitter: 20 } as const
    const log = open(t, options)
    const other = open(t, options, log.dir)
    log.handler.write(records('10:00 a'))

    t.mock.timers.tick(3_600_000)
    log.handler.write(records('11:00 b'))
    t.mock.timers.tick(10_000)
    other.handler.write(records('11:00:10 c'))
    t.mock.timers.tick(3_600_000)
    await close(log)
    await close(other)

    assert.deepEqual(messages(log.dir), {
      'app.log': '',
      'app.log.2017-10-15_10': 'a',
      'app.log.2017-10-15_11': 'b c',
    })
  })

  it('stays in its period with shared when a late record is the first in it', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: at('10:00') })
    let birth = '10:00'
    bornAt(t, () => birth)
    const log = open(t, { when: 'H', rotateIdle: true, shared: true })
    log.handler.on('rotate', () => {
      birth = '11:00'
    })
    const [late, other] = [open(t, { when: 'H', shared: true }, log.dir), open(t, { when: 'H', shared: true }, log.dir)]
    for (const { handler } of [log, late, other]) handler.write(records('10:00 a'))

    t.mock.timers.tick(3_600_000)
    late.handler.write(records('10:59:59.999 b'))
    t.mock.timers.tick(1000)
    other.handler.write(records('11:00:01 c'))
    for (const each of [log, late, other]) await close(each)

    assert.deepEqual(messages(log.dir), { 'app.log': 'b c', 'app.log.2017-10-15_10': 'a a a' })
  })

  it('stays in its period with shared when others roll over twice while it waits for the lock', async (t) => {
    const { set, bear, log, behind } = openTwo(t)
    const { mkdirSync } = fs
    const lock = t.mock.method(fs, 'mkdirSync', (path: string) => {
      lock.mock.restore()
      syncBuiltinESMExports()
      for (const day of ['2017-10-16T00:00', '2017-10-17T00:00']) {
        set(day)
        bear(day)
        log.handler.write(records(`${day} b`))
      }
      return mkdirSync(path)
    })
    syncBuiltinESMExports()

    set('2017-10-16T00:00')
    behind.handler.write(records('2017-10-16T00:00 c'))
    set('2017-10-17T00:01')
    behind.handler.write(records('2017-10-17T00:01 d'))
    for (const each of [log, behind]) await close(each)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'b c d',
      'app.log.2017-10-15': 'a a',
      'app.log.2017-10-16': 'b',
    })
  })

  it('stays in its period with shared when another rolls over just before it opens the file for the first time', async (t) => {
    const set = clock(t, '2017-10-15T23:59:59')
    let birth = '10:00'
    bornAt(t, () => birth)
    const log = open(t, { when: 'midnight', shared: true })
    log.handler.write(records('10:00 a'))
    beforeOpening(t, log.filename, () => {
      birth = '2017-10-16T00:00'
      live(set, log, '2017-10-16T00:00 b')
    })
    const behind = open(t, { when: 'midnight', shared: true }, log.dir)

    live(set, behind, '2017-10-16T00:00:01 c')
    for (const each of [log, behind]) await close(each)

    assert.deepEqual(messages(log.dir), { 'app.log': 'b c', 'app.log.2017-10-15': 'a' })
  })

  it('stays in its period with shared when another rolls over between its look at the new file and its opening', async (t) => {
    const { set, bear, log, behind } = openTwo(t)
    bear('2017-10-16T00:00')
    live(set, log, '2017-10-16T00:00 b')
    beforeOpening(t, log.filename, () => {
      bear('2017-10-17T00:00')
      live(set, log, '2017-10-17T00:00 d')
    })

    live(set, behind, '2017-10-16T23:59:59 c', '2017-10-17T00:00:01 e')
    for (const each of [log, behind]) await close(each)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'd c e',
      'app.log.2017-10-15': 'a a',
      'app.log.2017-10-16': 'b',
    })
  })

  it('stays in its period with shared when another rolls over between its own rollover and its opening', async (t) => {
    const { set, bear, log, behind } = openTwo(t)
    beforeOpening(t, log.filename, () => {
      bear('2017-10-16T00:00')
      live(set, log, '2017-10-16T00:00 b')
      bear('2017-10-17T00:00')
      live(set, log, '2017-10-17T00:00 d')
    })

    live(set, behind, '2017-10-16T00:00 c', '2017-10-17T00:00:01 e')
    for (const each of [log, behind]) await close(each)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'd c e',
      'app.log.2017-10-15': 'a a',
      'app.log.2017-10-16': 'b',
    })
  })

  // The second is what a file system says whose clock is behind.
  for (const birth of ['2017-10-16T00:00', '2017-10-15T23:59:59.950']) {
    it(`stays in its period with shared when it is opened after a late record came first, born at ${birth}`, async (t) => {
      const set = clock(t, '2017-10-16T00:00:05')
      bornAt(t, birth)
      const dir = left(t, '2017-10-16T00:00', records('23:59:59.940 b'))
      writeFileSync(join(dir, 'app.log.2017-10-15'), records('10:00 a'))
      const log = open(t, { when: 'midnight', shared: true }, dir)

      live(set, log, '2017-10-16T00:00:06 c')
      await close(log)

      assert.deepEqual(messages(dir), { 'app.log': 'b c', 'app.log.2017-10-15': 'a' })
    })
  }

  it('stays as it is without rotateIdle', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: at('10:00') })
    const log = open(t, { when: 'H' })
    log.handler.write(records('10:00 a'))

    t.mock.timers.tick(36_000_000)
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': 'a' })
  })
})

describe('timed-rotating-file with jitter', () => {
  for (const [chance, rolls] of [
    [0, '11:00'],
    [0.5, '11:00:15'],
    [0.999, '11:00:29.97'],
  ] as const) {
    it(`rolls over ${chance} of it later, by a record and by the timer`, async (t) => {
      t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: at('10:00') })
      t.mock.method(Math, 'random', () => chance)
      const log = open(t, { when: 'H', jitter: 30 })
      const idle = open(t, { when: 'H', jitter: 30, rotateIdle: true })
      for (const { handler } of [log, idle]) handler.write(records('10:00 a'))

      t.mock.timers.tick(at(rolls) - at('10:00') - 1)
      log.handler.write(line('b', { time: at(rolls) - 1 }))
      const before = [log, idle].map(({ events }) => events.length)
      t.mock.timers.tick(1)
      log.handler.write(line('c', { time: at(rolls) }))
      await close(log)
      await close(idle)

      assert.deepEqual(before, [0, 0])
      assert.deepEqual(
        [messages(log.dir), messages(idle.dir)],
        [
          { 'app.log': 'c', 'app.log.2017-10-15_10': 'a b' },
          { 'app.log': '', 'app.log.2017-10-15_10': 'a' },
        ],
      )
    })
  }
})

/** A folder with a log that was last written at a time. */
function left(t: TestContext, time: string, text: string): string {
  const dir = tempDir(t)
  const filename = join(dir, 'app.log')
  writeFileSync(filename, text)
  utimesSync(filename, at(time) / 1000, at(time) / 1000)
  return dir
}

/** Does something just before a file is opened to be written, once. */
function beforeOpening(t: TestContext, path: string, action: () => void): void {
  const { openSync } = fs
  const mocked = t.mock.method(fs, 'openSync', (...args: Parameters<typeof openSync>) => {
    if (args[0] === path && args[1] === 'a') {
      mocked.mock.restore()
      syncBuiltinESMExports()
      action()
    }
    return openSync(...args)
  })
  syncBuiltinESMExports()
}

/** Two that share a file and have written to it at ten; `bear` says when the files that are made from then on are born. */
function openTwo(t: TestContext) {
  const set = clock(t, '10:00')
  let birth = '10:00'
  const bear = (time: string): void => {
    birth = time
  }
  bornAt(t, () => birth)
  const log = open(t, { when: 'midnight', shared: true })
  const behind = open(t, { when: 'midnight', shared: true }, log.dir)
  for (const { handler } of [log, behind]) handler.write(records('10:00 a'))
  return { set, bear, log, behind }
}

/** Says of every file that it was made at a time. */
function bornAt(t: TestContext, time: string | (() => string)): void {
  const { statSync } = fs
  const fake = (...args: Parameters<typeof statSync>): unknown => {
    const found = statSync(...args)
    return found && Object.assign(found, { birthtimeMs: at(typeof time === 'string' ? time : time()) })
  }
  const mocked = t.mock.method(fs, 'statSync', fake as never)
  syncBuiltinESMExports()
  t.after(() => {
    mocked.mock.restore()
    syncBuiltinESMExports()
  })
}
