// Nights on which clocks change, lived through by the handler.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { namedZone, wallAt, type Zone } from '@pino-handlers/core/rotation'
import type { TimedRotatingFileOptions } from '@pino-handlers/timed-rotating-file'
import { line } from '../../../test/support/lines.js'
import { offsetChanges, ZONES } from '../../core/test/offset-changes.js'
import { close, messages, open } from './timed.js'

const MINUTE = 60
const HOUR = 3600
const DAY = 24 * HOUR

interface Walk {
  readonly options: Partial<TimedRotatingFileOptions>
  /** Seconds before and after the change. */
  readonly span: number
  /** Seconds from one record to the next. */
  readonly step: number
  /** What all records of one file have in common, by the clock on the wall. */
  readonly period?: (wall: number) => number
  /** Seconds that the records of one file may be apart; without it, what `period` says is all. */
  readonly longest?: number
}

const dayOf = (wall: number): number => Math.floor(wall / DAY)

const walks: readonly Walk[] = [
  { options: { when: 'H' }, span: 4 * HOUR, step: 13 * MINUTE, longest: HOUR },
  { options: { when: 'M', interval: 15 }, span: 2.5 * HOUR, step: 5 * MINUTE, longest: 15 * MINUTE },
  { options: { when: 'midnight' }, span: 2.5 * DAY, step: 47 * MINUTE, period: dayOf },
  {
    options: { when: 'midnight', atTime: '02:30' },
    span: 2.5 * DAY,
    step: 47 * MINUTE,
    longest: 26 * HOUR,
  },
  { options: { cron: '*/20 * * * *' }, span: 2.5 * HOUR, step: 4 * MINUTE, longest: HOUR },
  { options: { cron: '0 0 * * *' }, span: 2.5 * DAY, step: 47 * MINUTE, period: dayOf },
]

// Each handler is closed again: a few nights of each zone, others than those of next year's run are the pure part's.
const NIGHTS = 6

for (const name of ZONES) {
  describe(`timed-rotating-file around changes of the clocks in ${name}`, () => {
    const zone = namedZone(name) ?? assert.fail(`${name} is not known`)
    const changes = offsetChanges(zone)
    const every = Math.max(1, Math.floor(changes.length / NIGHTS))
    const sample = changes.filter((_, index) => index % every === 0)
    const nights = sample.length > 0 ? sample : [Date.UTC(2021, 2, 28, 1) / 1000]

    for (const walk of walks) {
      it(`has each record once, in a file of its period: ${JSON.stringify(walk.options)}`, async (t) => {
        for (const night of nights) await assertNight(t, walk, zone, night)
      })
    }
  })
}

async function assertNight(t: TestContext, walk: Walk, zone: Zone, night: number): Promise<void> {
  const { options, span, step, period = () => 0, longest = Number.POSITIVE_INFINITY } = walk
  const times = Array.from({ length: Math.floor((2 * span) / step) }, (_, n) => Math.floor(night - span + n * step))
  t.mock.timers.enable({ apis: ['Date'], now: (times[0] ?? 0) * 1000 })
  let log = open(t, { ...options, timeZone: zone.name })
  for (const [index, time] of times.entries()) {
    t.mock.timers.setTime(time * 1000)
    log.handler.write(line(String(time), { time: time * 1000 }))
    // A start in the middle of it makes no difference.
    if (index !== Math.floor(times.length / 2)) continue
    await close(log)
    log = open(t, { ...options, timeZone: zone.name }, log.dir)
  }
  await close(log)
  t.mock.timers.reset()

  const files = Object.values(messages(log.dir)).map((text) => text.split(' ').map(Number))
  assert.deepEqual(files.flat().sort(), times, `${zone.name} ${night}`)
  assert.ok(files.length > 2, `${zone.name} ${night}: ${files.length} files`)
  for (const file of files) {
    const [first = 0, last = 0] = [file.at(0), file.at(-1)]
    const periods = new Set(file.map((time) => period(wallAt(zone, time))))
    assert.ok(periods.size === 1 && last - first < longest, `${zone.name} ${night}: from ${first} to ${last}`)
  }
}
