import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  atTimeCheck,
  computeRollover,
  freePath,
  inAgeOrder,
  intervalCheck,
  labelOf,
  namedZone,
  ownBackups,
  parseLabel,
  parseWhen,
  periodStart,
  type Schedule,
  utcZone,
  whenCheck,
  type Zone,
} from '@pino-handlers/core/rotation'
import { offsetChanges, ZONES } from './offset-changes.js'

const HOUR = 3600
const DAY = 24 * HOUR

describe('parseWhen', () => {
  it('takes every unit in any case, and as many of it as wanted', () => {
    const given = ['s', 'M', 'h', 'D', 'Midnight', 'w6'].map((when) => parseWhen(when, 2))

    assert.deepEqual(
      given.map(({ when, interval, suffix }) => [when, interval, suffix]),
      [
        ['S', 2, '%Y-%m-%d_%H-%M-%S'],
        ['M', 120, '%Y-%m-%d_%H-%M'],
        ['H', 7200, '%Y-%m-%d_%H'],
        ['D', 172_800, '%Y-%m-%d'],
        ['MIDNIGHT', 172_800, '%Y-%m-%d'],
        ['W6', 1_209_600, '%Y-%m-%d'],
      ],
    )
  })

  it('says what a unit must be', () => {
    assert.throws(() => parseWhen('X'), {
      message: "must be 'S', 'M', 'H', 'D', 'midnight' or 'W0' to 'W6' (0 is Monday), got 'X'",
    })
  })

  it('refuses other units, intervals and times', () => {
    const wrong = [
      ...['', 'W', 'W7', 'W-1', 'W1 ', 'days', 1, null].map((value) => whenCheck.parse(value, {})),
      ...[0, -1, 1.5, '2', Number.NaN, 2e11].map((value) => intervalCheck.parse(value, { when: 'S' })),
      ...[170_000].map((value) => intervalCheck.parse(value, { when: 'W0' })),
      ...['24:00', '7:30', '12:60', '12:00:60', '12', '', 12].map((value) => atTimeCheck.parse(value, {})),
    ]

    assert.deepEqual([...new Set(wrong)], [undefined])
  })

  it('takes a time of day with or without seconds, ignoring their fraction, and null for its end', () => {
    const times = ['00:00', '23:59', '12:00:01', '12:00:01.750000', null]

    assert.deepEqual(
      times.map((time) => atTimeCheck.parse(time, {})),
      [0, 86_340, 43_201, 43_201, 86_400],
    )
  })
})

describe('computeRollover', () => {
  it('of a weekday ends that day, or begins it when atTime is 00:00', () => {
    const sunday = seconds('2017-10-15T10:00:00')
    const rollovers = [null, '00:00', '12:00'].map((atTime) =>
      computeRollover(parseWhen('W0', 1, atTime), sunday, utcZone),
    )

    assert.deepEqual(rollovers.map(text), ['2017-10-17T00:00:00', '2017-10-16T00:00:00', '2017-10-16T12:00:00'])
  })

  it('is later than a reference with a fraction', () => {
    const times = ['S', 'midnight'].map((when) => computeRollover(parseWhen(when), DAY - 0.25, utcZone))

    assert.deepEqual(times, [DAY, DAY])
  })

  it('takes the second of two times when the first is over', () => {
    const [first = 0, second = 0] = [seconds('2021-10-31T00:30:00'), seconds('2021-10-31T01:30:00')]
    const references = [first - HOUR, first, first + 1801, second]

    const rollovers = references.map((t) =>
      computeRollover(parseWhen('midnight', 1, '02:30'), t, zone('Europe/Berlin')),
    )

    assert.deepEqual(rollovers, [first, second + DAY, second, second + DAY])
  })
})

describe('labelOf', () => {
  it('is the local time at which the period began', () => {
    const labels = ['S', 'M', 'H', 'D', 'midnight', 'W5'].map((when) => {
      const schedule = parseWhen(when)
      return labelOf(schedule, computeRollover(schedule, seconds('2017-10-15T10:20:30'), utcZone), utcZone)
    })

    assert.deepEqual(labels, [
      '2017-10-15_10-20-30',
      '2017-10-15_10-20',
      '2017-10-15_10',
      '2017-10-15',
      '2017-10-15',
      '2017-10-15',
    ])
  })

  it('has no label for a day that never was', () => {
    const schedule = parseWhen('midnight')
    const apia = zone('Pacific/Apia')

    assert.deepEqual(labelsFrom(schedule, seconds('2011-12-29T10:00:00'), apia).slice(0, 3), [
      '2011-12-29',
      '2011-12-31',
      '2012-01-01',
    ])
  })

  it('is read back by parseLabel, exactly as it is written or not at all', () => {
    const read = [
      ['H', '2017-10-15_10'],
      ['M', '2017-10-15_10-20'],
      ['midnight', '2017-10-15'],
      ['H', '2017-10-15'],
      ['H', '2017-10-15_24'],
      ['H', '2017-10-15_10-20'],
      ['D', '2017-02-29'],
      ['D', '9999-99-99'],
      ['D', '2017-1-15'],
      ['D', '٢٠١٧-10-15'],
      ['D', '2017-10-15 '],
    ] as const

    const walls = read.map(([when, label]) => parseLabel(parseWhen(when, 1, '06:30'), label))

    assert.deepEqual(
      walls.map((wall) => wall && text(wall)),
      ['2017-10-15T10:00:00', '2017-10-15T10:20:00', '2017-10-15T06:30:00', ...Array<undefined>(8).fill(undefined)],
    )
  })
})

// Each with how far to walk before and after a change: twice the longest period, or as much of an hour as matters.
const schedules: readonly (readonly [schedule: Schedule, span: number])[] = [
  [parseWhen('S', 450), 2 * HOUR],
  [parseWhen('M', 10), 3 * HOUR],
  [parseWhen('H', 1), 12 * HOUR],
  [parseWhen('H', 5), 60 * HOUR],
  [parseWhen('D', 1), 4 * DAY],
  ...[null, '00:00', '00:30', '01:45', '02:30', '23:30'].map((at) => [parseWhen('midnight', 1, at), 4 * DAY] as const),
  ...[0, 1, 2, 3, 4, 5, 6].map((day) => [parseWhen(`W${day}`, 1, day % 2 ? '02:15' : null), 15 * DAY] as const),
  [parseWhen('midnight', 3), 9 * DAY],
  [parseWhen('W6', 2, '00:00'), 30 * DAY],
]

for (const name of ZONES) {
  describe(`around every change of the clocks in ${name} from 2000 to 2035`, () => {
    const place = remembering(zone(name))
    // Where no clock changes, one night stands for all.
    const changes = offsetChanges(place)
    const nights = changes.length > 0 ? changes : [seconds('2021-03-28T01:00:00')]

    it('rollovers follow one another, each label tells its period from the others, and no name is given twice', () => {
      for (const [schedule, span] of schedules) {
        for (const night of nights)
          assertWalk(
            walk(schedule, place, night - span, night + span, () => 0),
            schedule,
            place,
          )
      }
    })

    it('no name is given twice when records come late', () => {
      for (const [schedule, span] of schedules) {
        const late = (at: number): number => at % Math.ceil(schedule.interval * 1.4)
        for (const night of nights) assertNames(walk(schedule, place, night - span, night + span, late), schedule)
      }
    })

    it('backups are listed by their age, in the hour that is repeated too', () => {
      const schedule = parseWhen('M', 6)
      for (const night of nights) {
        const rollovers = walk(schedule, place, night - 2 * HOUR, night + 2 * HOUR, () => 0)
        const names = namesOf(rollovers, schedule)
        const written = new Map(names.map((name, index) => [name, (rollovers[index]?.at ?? 0) - 1]))
        const backups = ownBackups({ filename: 'app.log', schedule }, names)
        const stored = backups.map((backup) => ({ ...backup, time: written.get(backup.name) ?? 0 }))

        assert.deepEqual(
          inAgeOrder(stored, schedule, place).map((backup) => backup.name),
          names,
        )
      }
    })
  })
}

interface Rollover {
  readonly from: number
  readonly at: number
  readonly label: string
}

// A log file that is written to all the time, or that waits for its next record for a while after each rollover.
function walk(schedule: Schedule, zone: Zone, start: number, end: number, late: (at: number) => number): Rollover[] {
  const rollovers: Rollover[] = []
  for (let from = start; from < end; ) {
    const at = computeRollover(schedule, from, zone)
    rollovers.push({ from, at, label: labelOf(schedule, at, zone) })
    from = at + late(at)
  }
  return rollovers
}

function assertWalk(rollovers: readonly Rollover[], schedule: Schedule, zone: Zone): void {
  for (const { from, at, label } of rollovers) {
    assert.ok(at > from, `${schedule.when} ${from}`)
    assert.notEqual(parseLabel(schedule, label), undefined)
  }
  // The first one has a reference that is no rollover. Two intervals may begin at either end of a day that is skipped.
  for (const { from, at } of rollovers.slice(1)) {
    if (schedule.interval <= (schedule.grid?.step ?? DAY)) assert.equal(periodStart(schedule, at, zone), from)
  }
  if (schedule.grid) {
    const labels = rollovers.map(({ label }) => label)
    assert.equal(new Set(labels).size, labels.length, `${schedule.when} ${labels}`)
  }
  assertNames(rollovers, schedule)
}

function assertNames(rollovers: readonly Rollover[], schedule: Schedule): void {
  const names = namesOf(rollovers, schedule)
  assert.equal(new Set(names).size, names.length)
  assert.equal(ownBackups({ filename: 'app.log', schedule }, names).length, names.length)
}

function namesOf(rollovers: readonly Rollover[], schedule: Schedule): string[] {
  const given = new Map<string, string[]>()
  return rollovers.map(({ label }) => {
    const names = given.get(label) ?? []
    const name = freePath({ filename: 'app.log', schedule }, label, names)
    given.set(label, [...names, name])
    return name
  })
}

function labelsFrom(schedule: Schedule, start: number, zone: Zone): string[] {
  return walk(schedule, zone, start, start + 4 * DAY, () => 0).map(({ label }) => label)
}

// A zone that is asked for the same instants again and again, by all walks around one change.
function remembering({ name, offsetAt }: Zone): Zone {
  const known = new Map<number, number>()
  return {
    name,
    offsetAt(instant) {
      const offset = known.get(instant) ?? offsetAt(instant)
      known.set(instant, offset)
      return offset
    },
  }
}

function zone(name: string): Zone {
  return namedZone(name) ?? assert.fail(`${name} is not known`)
}

function seconds(time: string): number {
  return Date.parse(`${time}Z`) / 1000
}

function text(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19)
}
