// Names that are taken, caps, what is kept of the backups, and rollovers that somebody asks for.

import assert from 'node:assert/strict'
import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { noSymlinks } from '../../../test/support/platform.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { at, clock, close, live, messages, messagesOf, open, records } from './timed.js'

describe('timed-rotating-file gives a backup', () => {
  it('the next index when its name is taken, plain or compressed', async (t) => {
    const dir = tempDir(t)
    const foreign = { 'app.log.2017-10-15_10': 'plain\n', 'app.log.2017-10-15_11.3.gz': 'no gzip\n' }
    for (const [name, text] of Object.entries(foreign)) writeFileSync(join(dir, name), text)
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H' }, dir)

    live(set, log, '10:00 a', '11:00 b', '12:00 c')
    await close(log)

    const [a, b, c] = ['10:00 a', '11:00 b', '12:00 c'].map((said) => records(said))
    assert.deepEqual(files(dir), {
      ...foreign,
      'app.log': c,
      'app.log.2017-10-15_10.1': a,
      'app.log.2017-10-15_11.4': b,
    })
  })

  it('its own name although look-alikes are beside it, and touches none of them', async (t) => {
    const dir = tempDir(t)
    const alike = ['2017-10-14.bak', '2017-10-14.01', '2017-02-30', '20171014', '2017-10-14_10', '2017-10-14.gz.old']
    const names = [
      ...alike.map((label) => `app.log.${label}`),
      'my.app.log.2017-10-14',
      'app.log2017-10-14',
      'app.2017-10-14',
    ]
    for (const name of names) writeFileSync(join(dir, name), name)
    const set = clock(t, '10:00')
    const log = open(t, { when: 'midnight', backupCount: 1, maxFiles: 1, maxAge: 1, maxTotalBytes: 1 }, dir)

    live(set, log, '10:00 a', '2017-10-16T10:00 b', '2017-10-17T10:00 c')
    await close(log)

    const { 'app.log': active, ...others } = files(dir)
    assert.deepEqual(
      [active, others],
      [records('2017-10-17T10:00 c'), Object.fromEntries(names.map((name) => [name, name]))],
    )
  })

  it('the name that its namer wants, in a folder of its own', async (t) => {
    const set = clock(t, '10:00')
    const dir = tempDir(t)
    writeFileSync(join(dir, '2017-10-15_10.old.log'), 'mine')
    const namer = (path: string): string => join(dirname(path), `${basename(path).slice('app.log.'.length)}.old.log`)
    const log = open(t, { when: 'H', namer, backupCount: 2 }, dir)

    live(set, log, '10:00 a', '11:00 b', '12:00 c', '13:00 d')
    await close(log)

    assert.deepEqual(messages(dir), { 'app.log': 'd', '2017-10-15_11.old.log': 'b', '2017-10-15_12.old.log': 'c' })
  })

  it('to its rotator once for a record with shared, where that leaves the file as it was', async (t) => {
    const set = clock(t, '10:00')
    const calls: string[] = []
    const rotator = (_from: string, to: string): void => void calls.push(basename(to))
    const log = open(t, { when: 'H', shared: true, rotator })
    live(set, log, '10:00 a', '11:30 b', '11:40 c')
    await close(log)

    assert.deepEqual(
      [messages(log.dir), calls],
      [{ 'app.log': 'a b c' }, ['app.log.2017-10-15_10', 'app.log.2017-10-15_10']],
    )
  })

  it('to its rotator, which may leave the file where it is', async (t) => {
    const set = clock(t, '10:00')
    const moves: string[] = []
    const rotator = (from: string, to: string): void => {
      moves.push(`${basename(from)} ${basename(to)}`)
    }
    const log = open(t, { when: 'H', rotator })

    live(set, log, '10:00 a', '11:00 b')
    log.handler.write(records('11:00 c', '11:00 d'))
    live(set, log, '12:30 e')
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': 'a b c d e' })
    assert.deepEqual(moves, ['app.log app.log.2017-10-15_10', 'app.log app.log.2017-10-15_11'])
  })
})

describe('timed-rotating-file with maxBytes', () => {
  it('holds the cap and gives each file of a period an index', async (t) => {
    const set = clock(t, '10:00')
    const size = records('10:00 a').length
    const log = open(t, { when: 'H', maxBytes: 2 * size + 1 })

    live(set, log, '10:00 a', '10:01 b', '10:02 c', '10:03 d', '10:04 e', '11:00 f')
    set('12:00')
    log.handler.write(records('11:01 g', '11:02 h', '12:00 i'))
    await close(log)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'i',
      'app.log.2017-10-15_10': 'a b',
      'app.log.2017-10-15_10.1': 'c d',
      'app.log.2017-10-15_10.2': 'e',
      'app.log.2017-10-15_11': 'f g',
      'app.log.2017-10-15_11.1': 'h',
    })
    assert.deepEqual(log.events, [
      'size app.log.2017-10-15_10',
      'size app.log.2017-10-15_10.1',
      'time app.log.2017-10-15_10.2',
      'size app.log.2017-10-15_11',
      'time app.log.2017-10-15_11.1',
    ])
  })

  it('holds the cap in a batch of many periods, in which one record is too large', async (t) => {
    clock(t, '2017-10-16T12:00')
    const log = open(t, { when: 'midnight', maxBytes: 200, delay: true })
    writeFileSync(log.filename, records('09:00 first'))
    const restarted = open(t, { when: 'midnight', maxBytes: 200 }, log.dir)

    const large = 'x'.repeat(300)
    restarted.handler.write(
      records('10:00 a', '11:00 b', `12:00 ${large}`, '13:00 c', '2017-10-16T01:00 d', '2017-10-16T02:00 e'),
    )
    await close(restarted)
    await close(log)

    const sizes = Object.entries(files(log.dir)).map(([name, text]) => [name, text.length < 200])
    assert.deepEqual(messages(log.dir), {
      'app.log': 'd e',
      'app.log.2017-10-15': 'first a',
      'app.log.2017-10-15.1': 'b',
      'app.log.2017-10-15.2': large,
      'app.log.2017-10-15.3': 'c',
    })
    assert.deepEqual(
      sizes.filter(([, isSmall]) => !isSmall),
      [['app.log.2017-10-15.2', false]],
    )
  })

  it('goes on at the next index after a restart', async (t) => {
    const set = clock(t, '10:00')
    const maxBytes = 2 * records('10:00 a').length
    const log = open(t, { when: 'midnight', maxBytes })
    live(set, log, '10:00 a', '11:00 b')
    await close(log)

    const next = open(t, { when: 'midnight', maxBytes }, log.dir)
    live(set, next, '12:00 c', '2017-10-16T00:00 d')
    await close(next)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'd',
      'app.log.2017-10-15': 'a',
      'app.log.2017-10-15.1': 'b',
      'app.log.2017-10-15.2': 'c',
    })
  })
})

describe('timed-rotating-file keeps', () => {
  const day = ['10:00 a', '11:00 b', '11:10 c', '11:20 d', '12:00 e', '13:00 f']
  const maxBytes = records('10:00 a').length + 1

  it('backupCount periods, however many files they have', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H', maxBytes, backupCount: 2 })

    live(set, log, ...day)
    await close(log)

    assert.deepEqual(Object.values(messages(log.dir)), ['f', 'b', 'c', 'd', 'e'])
  })

  it('maxFiles files, whatever their periods', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H', maxBytes, maxFiles: 3 })

    live(set, log, ...day)
    await close(log)

    assert.deepEqual(Object.values(messages(log.dir)), ['f', 'c', 'd', 'e'])
  })

  it('maxTotalBytes of backups', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H', maxTotalBytes: 2 * maxBytes })

    live(set, log, '10:00 a', '11:00 b', '12:00 c', '13:00 d')
    await close(log)

    assert.deepEqual(Object.values(messages(log.dir)), ['d', 'b', 'c'])
  })

  it('backups that are younger than maxAge by their last record, also at the start', async (t) => {
    const dir = tempDir(t)
    for (const [name, time] of [
      ['app.log.2017-10-13', '2017-10-13T23:00'],
      ['app.log.2017-10-14', '2017-10-14T09:00'],
      ['app.log.2017-10-12', '2017-10-14T11:00'],
    ] as const) {
      writeFileSync(join(dir, name), records('10:00 x'))
      utimesSync(join(dir, name), at(time) / 1000, at(time) / 1000)
    }
    clock(t, '10:00')
    const log = open(t, { when: 'midnight', maxAge: 86_400 }, dir)
    await close(log)

    assert.deepEqual(Object.keys(messages(dir)), ['app.log', 'app.log.2017-10-12'])
  })

  it('what is beyond backupCount until the next rollover, as Python does', async (t) => {
    const dir = tempDir(t)
    for (const day of [11, 12, 13]) writeFileSync(join(dir, `app.log.2017-10-${day}`), records('10:00 x'))
    const set = clock(t, '10:00')
    const log = open(t, { when: 'midnight', backupCount: 2 }, dir)
    const before = Object.keys(messages(dir))

    live(set, log, '10:00 a', '2017-10-16T10:00 b')
    await close(log)

    assert.deepEqual(before, ['app.log', 'app.log.2017-10-11', 'app.log.2017-10-12', 'app.log.2017-10-13'])
    assert.deepEqual(Object.keys(messages(dir)), ['app.log', 'app.log.2017-10-13', 'app.log.2017-10-15'])
  })

  it('backups of the hour that clocks repeat by their age', async (t) => {
    const set = clock(t, '2021-10-31T00:00')
    const log = open(t, { when: 'H', timeZone: 'Europe/Berlin', backupCount: 1, maxFiles: 2 })
    const written = (name: string, time: string): void =>
      utimesSync(join(log.dir, name), at(time) / 1000, at(time) / 1000)

    live(set, log, '2021-10-31T00:00 a', '2021-10-31T01:00 b')
    written('app.log.2021-10-31_02', '2021-10-31T00:59')
    live(set, log, '2021-10-31T02:00 c')
    written('app.log.2021-10-31_02.1', '2021-10-31T01:59')
    const repeated = messages(log.dir)
    live(set, log, '2021-10-31T03:00 d')
    await close(log)

    assert.deepEqual(repeated, { 'app.log': 'c', 'app.log.2021-10-31_02': 'a', 'app.log.2021-10-31_02.1': 'b' })
    assert.deepEqual(messages(log.dir), { 'app.log': 'd', 'app.log.2021-10-31_03': 'c' })
  })

  it('backups compressed, and gives no name again that one of them has', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H', compress: 'gzip', backupCount: 2 })
    live(set, log, '10:00 a', '11:00 b', '12:00 c', '13:00 d')
    await close(log)
    const before = messages(log.dir)

    set('12:30')
    const next = open(t, { when: 'H', compress: 'gzip', rotateOnStart: true, backupCount: 2 }, log.dir)
    live(set, next, '12:40 e')
    await close(next)

    assert.deepEqual(before, { 'app.log': 'd', 'app.log.2017-10-15_11.gz': 'b', 'app.log.2017-10-15_12.gz': 'c' })
    assert.deepEqual(messages(log.dir), {
      'app.log': 'e',
      'app.log.2017-10-15_11.gz': 'b',
      'app.log.2017-10-15_12.gz': 'c',
      'app.log.2017-10-15_12.1.gz': 'd',
    })
  })

  it('a symlink to the file that is written', { skip: noSymlinks }, async (t) => {
    const set = clock(t, '10:00')
    const dir = tempDir(t)
    const symlink = join(dir, 'current')
    const log = open(t, { when: 'H', symlink }, dir)

    live(set, log, '10:00 a', '11:00 b')
    const linked = messagesOf(readFileSync(symlink, 'utf8'))
    await close(log)

    assert.deepEqual(linked, ['b'])
  })
})

describe("timed-rotating-file's command 'rotate'", () => {
  it('rolls over in the middle of a period, which goes on', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H' })

    live(set, log, '10:00 a', '10:20 b')
    log.handler.command('rotate')
    live(set, log, '10:40 c', '11:00 d')
    await close(log)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'd',
      'app.log.2017-10-15_10': 'a b',
      'app.log.2017-10-15_10.1': 'c',
    })
    assert.deepEqual(log.events, ['manual app.log.2017-10-15_10', 'time app.log.2017-10-15_10.1'])
  })

  it('makes one backup of a period that was over', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H' })

    live(set, log, '10:00 a')
    set('13:30')
    log.handler.command('rotate')
    live(set, log, '13:40 b', '14:29 c', '14:30 d')
    await close(log)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'd',
      'app.log.2017-10-15_10': 'a',
      'app.log.2017-10-15_13': 'b c',
    })
  })
})

describe('timed-rotating-file with rotateOnStart', () => {
  it('rolls what an earlier run left into the period of its records, once', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'midnight', rotateOnStart: true })
    live(set, log, '10:00 a')
    await close(log)

    for (const said of ['11:00 b', '2017-10-17T11:00 c']) {
      set(said.split(' ')[0] ?? '')
      const next = open(t, { when: 'midnight', rotateOnStart: true }, log.dir)
      live(set, next, said)
      await close(next)
    }

    assert.deepEqual(messages(log.dir), { 'app.log': 'c', 'app.log.2017-10-15': 'a', 'app.log.2017-10-15.1': 'b' })
  })
})
