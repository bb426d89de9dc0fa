// What the options of timed-rotating-file refuse, in whole sentences.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import timedRotatingFile, { type TimedRotatingFileOptions } from '@pino-handlers/timed-rotating-file'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { clock } from './timed.js'

const WHEN = `must be 'S', 'M', 'H', 'D', 'midnight' or 'W0' to 'W6' (0 is Monday), got`
const AT_TIME = `must be a time of day such as '23:59' or '23:59:59', or null for the end of the day, got`
const INTERVAL = 'must be a whole number of units, 1 or more and within 3000 years, got'
const ZONE = "must be a time zone such as 'Europe/Berlin', got"
const CRON = 'must be a cron expression of five or six fields, got'
const TWO = 'has no meaning beside'

const wrong: readonly (readonly [options: object, message: string])[] = [
  [{ when: 'X' }, `option "when" ${WHEN} 'X'`],
  [{ when: 'W7' }, `option "when" ${WHEN} 'W7'`],
  [{ when: 3600 }, `option "when" ${WHEN} 3600`],
  [{ atTime: '24:00' }, `option "atTime" ${AT_TIME} '24:00'`],
  [{ atTime: '9:30' }, `option "atTime" ${AT_TIME} '9:30'`],
  [{ atTime: 930 }, `option "atTime" ${AT_TIME} 930`],
  [{ interval: 0 }, `option "interval" ${INTERVAL} 0`],
  [{ interval: -1 }, `option "interval" ${INTERVAL} -1`],
  [{ interval: 1.5 }, `option "interval" ${INTERVAL} 1.5`],
  [{ when: 'W0', interval: 1e9 }, `option "interval" ${INTERVAL} 1000000000`],
  [{ timeZone: 'Mars/Olympus' }, `option "timeZone" ${ZONE} 'Mars/Olympus'`],
  [{ timeZone: '' }, `option "timeZone" ${ZONE} ''`],
  [{ cron: '' }, `option "cron" must be a non-empty string, got ''`],
  [
    { cron: 'often' },
    `option "cron" ${CRON} 'often': CronPattern: invalid configuration format ('often'), exactly five, six, or seven space separated parts are required.`,
  ],
  [{ cron: '61 * * * *' }, `option "cron" ${CRON} '61 * * * *': CronPattern: Invalid value for minute: 61`],
  [
    { cron: '0 0 0 1 1 * 2030' },
    `option "cron" ${CRON} '0 0 0 1 1 * 2030': CronPattern: mode '5-or-6-parts' requires exactly 5 or 6 parts, but pattern '0 0 0 1 1 * 2030' has 7 parts.`,
  ],
  [{ cron: '0 0 30 2 *' }, `option "cron" must name times that come again and again, got '0 0 30 2 *'`],
  [
    { cron: '2099-01-01T00:00:00' },
    `option "cron" must name times that come again and again, got '2099-01-01T00:00:00'`,
  ],
  [{ cron: '@daily', when: 'H' }, `option "when" ${TWO} "cron": leave one of them out`],
  [{ cron: '@daily', interval: 2 }, `option "interval" ${TWO} "cron": leave one of them out`],
  [{ cron: '@daily', atTime: '12:00' }, `option "atTime" ${TWO} "cron": leave one of them out`],
  [{ utc: true, timeZone: 'UTC' }, `option "timeZone" ${TWO} "utc": leave one of them out`],
  [{ maxBytes: -1 }, `option "maxBytes" must be a number of bytes, or a size such as '10MB' or '10MiB', got -1`],
  [{ jitter: -1 }, 'option "jitter" must be a number of seconds, 0 or more, got -1'],
  [{ rotateIdle: 'yes' }, `option "rotateIdle" must be true or false, got 'yes'`],
  [{ at_time: '12:00' }, 'unknown option "at_time"; did you mean "atTime"?'],
  [{ timezone: 'UTC' }, 'unknown option "timezone"; did you mean "timeZone"?'],
]

describe('timed-rotating-file refuses', () => {
  for (const [options, message] of wrong) {
    it(JSON.stringify(options), (t) => {
      const dir = tempDir(t)
      const all = { filename: join(dir, 'app.log'), ...options } as TimedRotatingFileOptions

      assert.throws(() => timedRotatingFile(all), {
        name: 'HandlerOptionError',
        message: `[timed-rotating-file] ${message}`,
      })
      assert.deepEqual(files(dir), {})
    })
  }

  it('a namer with one name for two backups', (t) => {
    clock(t, '10:00')
    const { dir, filename } = place(t)

    assert.throws(() => timedRotatingFile({ filename, when: 'midnight', utc: true, namer: () => 'old.log' }), {
      name: 'HandlerOptionError',
      message: `[timed-rotating-file] option "namer" must give each backup a name of its own, got 'old.log' for '${filename}.2017-10-15' and 'old.log' for '${filename}.2017-10-18'`,
    })
    assert.deepEqual(files(dir), {})
  })
})

describe('timed-rotating-file takes', () => {
  for (const options of [
    { when: 'w3', atTime: '06:00', interval: 4 },
    { when: 'midnight', atTime: null, utc: true },
    { cron: '@hourly', utc: true },
    { cron: '0 0 29 2 *', timeZone: 'America/New_York' },
    { cron: '* * * * * *' },
  ] as const) {
    it(JSON.stringify(options), (t) => {
      timedRotatingFile({ filename: place(t).filename, ...options }).destroy()
    })
  }

  // Two hours with the same label follow one another then.
  it('a start in the hour that clocks repeat', (t) => {
    clock(t, '2021-10-31T00:30')

    timedRotatingFile({
      filename: place(t).filename,
      timeZone: 'Europe/Berlin',
      namer: (path) => `${path}.old`,
    }).destroy()
  })
})

function place(t: TestContext): { dir: string; filename: string } {
  const dir = tempDir(t)
  return { dir, filename: join(dir, 'app.log') }
}
