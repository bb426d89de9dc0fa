// The same records at the same times through CPython's TimedRotatingFileHandler: the same folder.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { utimesSync } from 'node:fs'
import { describe, it, type TestContext } from 'node:test'
import type { TimedRotatingFileOptions } from '@pino-handlers/timed-rotating-file'
import { line } from '../../../test/support/lines.js'
import { noPython } from '../../../test/support/python-frames.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { at, close, open } from './timed.js'

/** A history of a log. Only what every Python from 3.6 on answers alike. */
interface History {
  readonly options: Partial<TimedRotatingFileOptions>
  readonly begin: string
  /** Seconds from one record to the next, again and again. */
  readonly steps: readonly number[]
  readonly records: number
  /** After which records the program is started anew; the log was last written then. */
  readonly restarts?: readonly number[]
}

const MINUTE = 60
const HOUR = 3600

const histories: Readonly<Record<string, History>> = {
  'every second': { options: { when: 'S' }, begin: '10:00', steps: [0.25, 0.5, 1.75], records: 40 },
  'every 5 seconds, three kept': {
    options: { when: 's', interval: 5, backupCount: 3 },
    begin: '10:00:00.5',
    steps: [1.5, 2, 0.125],
    records: 60,
  },
  'every 2 minutes': { options: { when: 'M', interval: 2 }, begin: '10:00:30', steps: [20, 70, 1], records: 50 },
  'every hour, with pauses': {
    options: { when: 'H' },
    begin: '10:00',
    steps: [10 * MINUTE, 49.5 * MINUTE, 30, 5 * HOUR, 1],
    records: 50,
  },
  'every hour, with delay': {
    options: { when: 'H', delay: true, backupCount: 2 },
    begin: '10:00',
    steps: [25 * MINUTE, 50 * MINUTE],
    records: 30,
  },
  'every two days': {
    options: { when: 'D', interval: 2, backupCount: 5 },
    begin: '10:00',
    steps: [7 * HOUR],
    records: 60,
  },
  'at midnight': { options: { when: 'midnight' }, begin: '10:00', steps: [5 * HOUR, 9 * HOUR - 1], records: 40 },
  'at midnight, over restarts': {
    options: { when: 'midnight', backupCount: 4 },
    begin: '10:00',
    steps: [5 * HOUR, 9 * HOUR - 1],
    records: 40,
    restarts: [1, 2, 7, 15, 16, 30],
  },
  'at half past twelve': {
    options: { when: 'midnight', atTime: '12:30:00' },
    begin: '10:00',
    steps: [HOUR, 7 * HOUR + 11],
    records: 40,
    restarts: [9],
  },
  'at the end of Sunday': { options: { when: 'W6' }, begin: '10:00', steps: [11 * HOUR + 7], records: 60 },
  'at noon of Wednesday, over restarts': {
    options: { when: 'w2', atTime: '12:00:00', backupCount: 2 },
    begin: '10:00',
    steps: [13 * HOUR + 7],
    records: 60,
    restarts: [3, 30, 31],
  },
  'at midnight in Kathmandu': {
    options: { when: 'midnight', timeZone: 'Asia/Kathmandu' },
    begin: '10:00',
    steps: [3 * HOUR + 11],
    records: 30,
  },
  'at midnight in Berlin, through the nights on which the clocks change': {
    options: { when: 'midnight', timeZone: 'Europe/Berlin' },
    begin: '2021-03-26T10:00',
    steps: [47 * MINUTE],
    records: 150,
  },
  'at six in New York, through the night on which the clocks go back': {
    options: { when: 'midnight', atTime: '06:00:00', timeZone: 'America/New_York' },
    begin: '2021-11-05T10:30',
    steps: [47 * MINUTE],
    records: 150,
  },
}

// The clock of the program is set; that of the disk is made to agree where it matters, at the start.
const PROGRAM = `
import json, logging, logging.handlers, os, sys, time
dir, zone, options, runs = json.load(sys.stdin)
os.environ['TZ'] = zone
time.tzset()
filename = os.path.join(dir, 'app.log')
time.time = lambda: now
now = runs[0][0][0]
if not options.get('delay'):
    open(filename, 'w').close()
    os.utime(filename, (now, now))
for run in runs:
    now = run[0][0]
    handler = logging.handlers.TimedRotatingFileHandler(filename, **options)
    for now, text in run:
        handler.emit(logging.makeLogRecord({'msg': text, 'created': now}))
    handler.close()
    os.utime(filename, (now, now))
`

describe('timed-rotating-file leaves the folder that CPython leaves when it rolls over', () => {
  for (const [when, history] of Object.entries(histories)) {
    it(when, async (t) => {
      const theirs = theirFolder(t, history)
      if (!theirs) return t.skip(String(noPython))

      const ours = await ourFolder(t, history)

      assert.deepEqual(ours, theirs)
      assert.ok(Object.keys(ours).length > 2, 'it has rolled over')
    })
  }
})

type Run = readonly (readonly [seconds: number, text: string])[]

/** The records of each run of the program. */
function runsOf({ begin, steps, records, restarts = [] }: History): Run[] {
  const runs: [number, string][][] = [[]]
  let now = at(begin) / 1000
  for (let n = 0; n < records; n++) {
    runs.at(-1)?.push([now, `m${n}`])
    if (restarts.includes(n)) runs.push([])
    now += steps[n % steps.length] ?? 0
  }
  return runs
}

async function ourFolder(t: TestContext, history: History): Promise<Record<string, string>> {
  const dir = tempDir(t)
  t.mock.timers.enable({ apis: ['Date'], now: 0 })
  for (const run of runsOf(history)) {
    const [[begin] = [0]] = run
    t.mock.timers.setTime(begin * 1000)
    const log = open(t, { ...history.options, formatter: { fmt: '%(message)s' } }, dir)
    for (const [seconds, text] of run) {
      t.mock.timers.setTime(seconds * 1000)
      log.handler.write(line(text, { time: seconds * 1000 }))
    }
    await close(log)
    const last = run.at(-1)?.[0] ?? 0
    utimesSync(log.filename, last, last)
  }
  return files(dir)
}

/** Undefined where there is no python3. */
function theirFolder(t: TestContext, history: History): Record<string, string> | undefined {
  if (noPython) return undefined
  const dir = tempDir(t)
  const { timeZone = 'UTC', atTime, ...options } = history.options
  const program = PROGRAM.replace('**options', `atTime=${pythonTime(atTime)}, **options`)
  const input = JSON.stringify([dir, timeZone, options, runsOf(history)])
  const { stderr } = spawnSync('python3', ['-c', program], { input, encoding: 'utf8' })
  assert.equal(stderr, '')
  return files(dir)
}

function pythonTime(atTime: string | null | undefined): string {
  if (!atTime) return 'None'
  return `__import__('datetime').time(${atTime.split(':').map(Number)})`
}
