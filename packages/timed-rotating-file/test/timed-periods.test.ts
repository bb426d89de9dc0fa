// Which file a record goes to, and what the files are called.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { TimedRotatingFileOptions } from '@pino-handlers/timed-rotating-file'
import { line } from '../../../test/support/lines.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { at, clock, close, live, messages, open, records } from './timed.js'

describe('timed-rotating-file writes each record to the file of its period', () => {
  it('although a batch spans midnight', async (t) => {
    clock(t, '2017-10-16T00:00:00.020')
    const log = open(t, { when: 'midnight' }, startedOn(t, '2017-10-15'))

    log.handler.write(
      records('23:59:59.998 a', '23:59:59.999 b', '2017-10-16T00:00:00.000 c', '2017-10-16T00:00:00.001 d'),
    )
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': 'c d', 'app.log.2017-10-15': 'first a b' })
    assert.deepEqual(log.events, ['time app.log.2017-10-15'])
  })

  it('although a batch has three periods', async (t) => {
    clock(t, '2017-10-18T12:00')
    const log = open(t, { when: 'midnight' }, startedOn(t, '2017-10-15'))

    log.handler.write(
      records('20:00 a', '2017-10-16T08:00 b', '2017-10-16T20:00 c', '2017-10-18T08:00 d', '2017-10-18T09:00 e'),
    )
    await close(log)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'd e',
      'app.log.2017-10-15': 'first a',
      'app.log.2017-10-16': 'b c',
    })
  })

  it('in steps of a millisecond around midnight, whatever is in a chunk', async (t) => {
    const said = Array.from({ length: 20 }, (_, n) => line(String(n), { time: at('2017-10-16T00:00') + n - 10 }))
    for (const size of [1, 3, 7, 20]) {
      t.mock.timers.reset()
      clock(t, '2017-10-16T00:00:01')
      const log = open(t, { when: 'midnight' }, startedOn(t, '2017-10-15'))

      for (let n = 0; n < said.length; n += size) log.handler.write(said.slice(n, n + size).join(''))
      await close(log)

      assert.deepEqual(messages(log.dir), {
        'app.log': '10 11 12 13 14 15 16 17 18 19',
        'app.log.2017-10-15': 'first 0 1 2 3 4 5 6 7 8 9',
      })
    }
  })

  const midnight = at('2017-10-16T00:00')
  for (const [what, old, young] of [
    ['seconds', midnight / 1000 - 1, midnight / 1000],
    ['seconds with a fraction', midnight / 1000 - 0.001, midnight / 1000 + 0.001],
    ['microseconds', (midnight - 1) * 1e3, midnight * 1e3],
    ['digits', String(midnight - 1), String(midnight)],
    ['an ISO date', '2017-10-15T23:59:59.999Z', '2017-10-16T00:00:00.000Z'],
    ['an ISO date with an offset', '2017-10-16T01:59:59.999+02:00', '2017-10-16T02:00:00+02:00'],
  ] as const) {
    for (const timeKey of ['time', 'ts']) {
      it(`although its time is ${what}, as "${timeKey}"`, async (t) => {
        clock(t, '2017-10-16T00:00:02')
        const dir = startedOn(t, '2017-10-15', timeKey)
        const log = open(t, { when: 'midnight', timeKey }, dir)

        const fields = { time: undefined, name: 'n', nested: { [timeKey]: 1 } }
        log.handler.write(line('old', { ...fields, [timeKey]: old }) + line('young', { ...fields, [timeKey]: young }))
        await close(log)

        assert.deepEqual(messages(dir), { 'app.log': 'young', 'app.log.2017-10-15': 'first old' })
      })
    }
  }

  it('although a formatter leaves its time out', async (t) => {
    const set = clock(t, '23:00')
    const log = open(t, { when: 'midnight', formatter: { fmt: '%(message)s' } })

    set('2017-10-16T00:00:01')
    log.handler.write(records('23:59:59.999 a', '2017-10-16T00:00 b', '2017-10-16T00:00:01 c'))
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': 'b c', 'app.log.2017-10-15': 'a' })
  })

  it('although a filter takes records away', async (t) => {
    const set = clock(t, '23:00')
    const log = open(t, { when: 'midnight', level: 'warn' })

    set('2017-10-16T00:00:01')
    const time = at('2017-10-16T00:00')
    log.handler.write(
      line('a', { time: at('23:30'), level: 40 }) + line('b', { time }) + line('c', { time, level: 50 }),
    )
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': 'c', 'app.log.2017-10-15': 'a' })
  })

  it('although the buffer held it back, formatted', async (t) => {
    const set = clock(t, '10:00')
    const formatter = { fmt: '%(message)s' }
    const log = open(t, { when: 'H', bufferSize: '1MB', flushInterval: 60, formatter })

    live(set, log, '10:30 a', '11:30 b', '11:40 c', '12:45 d')
    await close(log)

    assert.deepEqual(files(log.dir), {
      'app.log': 'd\n',
      'app.log.2017-10-15_10': 'a\n',
      'app.log.2017-10-15_11': 'b\nc\n',
    })
  })

  it('although the buffer held it back', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H', bufferSize: '1MB', flushInterval: 60 })

    live(set, log, '10:30 a', '11:30 b', '11:40 c', '12:45 d')
    await close(log)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'd',
      'app.log.2017-10-15_10': 'a',
      'app.log.2017-10-15_11': 'b c',
    })
  })
})

describe('timed-rotating-file writes a record', () => {
  it('that says no time to the file of now', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H' })

    log.handler.write('plain text\n')
    set('11:00')
    log.handler.write(`${line('a', { time: undefined })}more text\n`)
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': 'a more text', 'app.log.2017-10-15_10': 'plain text' })
  })

  it('from the future to the file of now', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H' })

    log.handler.write(records('12:00 a', '2099-01-01T00:00 b'))
    set('10:59:59.999')
    log.handler.write(records('11:00:00 c'))
    set('11:00')
    log.handler.write(records('12:00 d'))
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': 'd', 'app.log.2017-10-15_10': 'a b c' })
  })

  it('that is a little late to the file that is open', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H' })

    set('11:00:00.010')
    log.handler.write(records('10:59:59.990 a', '11:00:00.001 b', '10:59:59.999 c', '11:00:00.005 d'))
    log.handler.write(records('10:59:59.998 e'))
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': 'b c d e', 'app.log.2017-10-15_10': 'a' })
  })

  it('of an earlier period to the file that is open, which stays the current one', async (t) => {
    clock(t, '10:00')
    const log = open(t, { when: 'H' })

    log.handler.write(records('10:00 a', '2017-09-01T00:00 b', '10:00 c'))
    await close(log)

    assert.deepEqual([messages(log.dir), log.events], [{ 'app.log': 'a b c' }, []])
  })
})

describe('the periods of timed-rotating-file', () => {
  const rows: [Partial<TimedRotatingFileOptions>, string[], Record<string, string>][] = [
    [{ when: 'S' }, ['10:00:00.5 a', '10:00:01 b', '10:00:03 c'], { '15_10-00-00': 'a', '15_10-00-01': 'b' }],
    [{ when: 'M' }, ['10:00:59.999 a', '10:01 b'], { '15_10-00': 'a' }],
    [{}, ['10:30 a', '11:00 b'], { '15_10': 'a' }],
    [{ when: 'h', interval: 3 }, ['12:59:59.999 a', '13:00 b'], { '15_10': 'a' }],
    [{ when: 'D' }, ['10:30 a', '2017-10-16T09:59:59.999 b', '2017-10-16T10:00 c'], { '15': 'a b' }],
    [{ when: 'midnight' }, ['23:59 a', '2017-10-16T00:00 b'], { '15': 'a' }],
    [{ when: 'midnight', interval: 2 }, ['2017-10-16T23:59 a', '2017-10-17T00:00 b'], { '15': 'a' }],
    [{ when: 'midnight', atTime: '12:30:15' }, ['12:30:14.999 a', '12:30:15 b'], { '14': 'a' }],
    [{ when: 'w6' }, ['23:59 a', '2017-10-16T00:00 b'], { '09': 'a' }],
    [{ when: 'W0', atTime: '00:00' }, ['23:59 a', '2017-10-16T00:00 b'], { '09': 'a' }],
    [{ when: 'W2', interval: 2 }, ['2017-10-25T23:59 a', '2017-10-26T00:00 b'], { '12': 'a' }],
  ]
  for (const [options, said, expected] of rows) {
    it(`of ${JSON.stringify(options)} are labelled by their start`, async (t) => {
      const set = clock(t, '10:00')
      const log = open(t, options)

      live(set, log, ...said)
      await close(log)

      const { 'app.log': _, ...backups } = messages(log.dir)
      const named = Object.entries(expected).map(([label, text]) => [`app.log.2017-10-${label}`, text])
      assert.deepEqual(backups, Object.fromEntries(named))
    })
  }

  it('are as long as the pauses between records, when those are longer', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'H' })

    live(set, log, '10:10 a', '15:40 b', '16:39 c', '16:40 d')
    await close(log)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'd',
      'app.log.2017-10-15_10': 'a',
      'app.log.2017-10-15_15': 'b c',
    })
  })

  for (const [timeZone, label] of [
    // 5:45 ahead.
    ['Asia/Kathmandu', '2017-10-16_01'],
    ['America/New_York', '2017-10-15_16'],
    ['UTC', '2017-10-15_20'],
  ] as const) {
    it(`are labelled in ${timeZone}, whatever the zone of the process is`, async (t) => {
      setZone(t, 'Pacific/Apia')
      const set = clock(t, '20:10')
      const log = open(t, { when: 'H', timeZone })

      live(set, log, '20:10 a', '21:10 b')
      await close(log)

      assert.deepEqual(messages(log.dir), { 'app.log': 'b', [`app.log.${label}`]: 'a' })
    })
  }

  it('end at the midnight of their time zone', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { when: 'midnight', timeZone: 'Asia/Kathmandu' })

    live(set, log, '18:14:59.999 a', '18:15 b', '2017-10-16T18:14 c', '2017-10-16T18:15 d')
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': 'd', 'app.log.2017-10-15': 'a', 'app.log.2017-10-16': 'b c' })
  })

  it('are those of the process without a zone', async (t) => {
    setZone(t, 'Asia/Kathmandu')
    const set = clock(t, '10:00')
    const log = open(t, { when: 'midnight', utc: false })

    live(set, log, '18:14:59.999 a', '18:15 b')
    await close(log)

    assert.deepEqual(messages(log.dir), { 'app.log': 'b', 'app.log.2017-10-15': 'a' })
  })
})

describe('the periods of a cron expression', () => {
  it('are labelled by the minute at which they began', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { cron: '*/15 9-17 * * MON-FRI' })

    live(set, log, '10:00 a', '2017-10-16T08:59 b', '2017-10-16T09:00 c', '2017-10-16T09:15 d', '2017-10-16T18:00 e')
    await close(log)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'e',
      'app.log.2017-10-13_17-45': 'a b',
      'app.log.2017-10-16_09-00': 'c',
      'app.log.2017-10-16_09-15': 'd',
    })
  })

  it('may be shorter than a minute, with six fields', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { cron: '*/20 * * * * *' })

    live(set, log, '10:00:19 a', '10:00:20 b', '10:00:40 c', '10:01:00 d')
    await close(log)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'd',
      'app.log.2017-10-15_10-00': 'a',
      'app.log.2017-10-15_10-00.1': 'b',
      'app.log.2017-10-15_10-00.2': 'c',
    })
  })

  it('are in the time zone', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { cron: '0 8 * * *', timeZone: 'America/New_York' })

    live(set, log, '11:59 a', '12:00 b', '2017-10-16T12:00 c')
    await close(log)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'c',
      'app.log.2017-10-14_08-00': 'a',
      'app.log.2017-10-15_08-00': 'b',
    })
  })

  it('are found again by a later run', async (t) => {
    const set = clock(t, '10:00')
    const log = open(t, { cron: '@daily' })
    live(set, log, '10:00 a', '2017-10-16T10:00 b')
    await close(log)

    set('2017-10-17T10:00')
    const next = open(t, { cron: '@daily' }, log.dir)
    next.handler.write(records('2017-10-17T10:00 c'))
    await close(next)

    assert.deepEqual(messages(log.dir), {
      'app.log': 'c',
      'app.log.2017-10-15_00-00': 'a',
      'app.log.2017-10-16_00-00': 'b',
    })
  })
})

/** A folder whose log was begun on a day, as an earlier run would have left it. */
function startedOn(t: TestContext, day: string, timeKey = 'time'): string {
  const dir = tempDir(t)
  const time = at(`${day}T10:00`)
  writeFileSync(join(dir, 'app.log'), line('first', { time: undefined, [timeKey]: time }))
  return dir
}

function setZone(t: TestContext, zone: string): void {
  const before = process.env.TZ ?? ''
  process.env.TZ = zone
  t.after(() => {
    process.env.TZ = before
  })
}
