import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { instantOf, instantsOf, localZone, namedZone, utcZone, wallAt, type Zone } from '@pino-handlers/core/rotation'
import { offsetChanges, ZONES } from './offset-changes.js'

describe('a zone', () => {
  // Each is made once: making one takes as long as a hundred of its answers.
  const places = ZONES.map(zone)
  const timeZone = process.env.TZ ?? ''
  after(() => {
    process.env.TZ = timeZone
  })

  it('knows a skipped and a repeated hour, half an hour, and a day that never was', () => {
    const asked = [
      ['Europe/Berlin', '2021-03-28T02:30:00'],
      ['Europe/Berlin', '2021-10-31T02:30:00'],
      ['America/Sao_Paulo', '2017-10-15T00:00:00'],
      ['America/Havana', '2021-11-07T00:00:00'],
      ['Australia/Lord_Howe', '2021-10-03T02:15:00'],
      ['Australia/Lord_Howe', '2021-04-04T01:45:00'],
      ['Pacific/Apia', '2011-12-30T12:00:00'],
      ['Asia/Kathmandu', '2021-06-01T12:00:00'],
    ] as const

    const answers = asked.map(([name, wall]) => {
      const all = instantsOf(zone(name), seconds(wall)).map(text)
      return [all, text(wallAt(zone(name), instantOf(zone(name), seconds(wall))))]
    })

    assert.deepEqual(answers, [
      [[], '2021-03-28T03:30:00'],
      [['2021-10-31T00:30:00', '2021-10-31T01:30:00'], '2021-10-31T02:30:00'],
      [[], '2017-10-15T01:00:00'],
      [['2021-11-07T04:00:00', '2021-11-07T05:00:00'], '2021-11-07T00:00:00'],
      [[], '2021-10-03T02:45:00'],
      [['2021-04-03T14:45:00', '2021-04-03T15:15:00'], '2021-04-04T01:45:00'],
      [[], '2011-12-31T12:00:00'],
      [['2021-06-01T06:15:00'], '2021-06-01T12:00:00'],
    ])
  })

  it('knows offsets that are no whole minutes', () => {
    assert.equal(zone('Africa/Monrovia').offsetAt(0), -2670)
  })

  it('does not exist under any other name', () => {
    assert.deepEqual(['Europe/Atlantis', '', 'local'].map(namedZone), [undefined, undefined, undefined])
  })

  it('of the process is the named one, around every change of its clocks and at any other time', () => {
    for (const place of places) {
      process.env.TZ = place.name
      const instants = instantsOfInterest(place)

      assert.deepEqual(
        instants.map((instant) => localZone.offsetAt(instant)),
        instants.map((instant) => place.offsetAt(instant)),
        place.name,
      )
    }
  })

  it('understands local times as Date does', () => {
    for (const place of places) {
      process.env.TZ = place.name
      const walls = instantsOfInterest(place).map((instant) => wallAt(place, instant) + 1800)

      assert.deepEqual(
        walls.map((wall) => instantOf(place, wall)),
        walls.map(asDate),
        place.name,
      )
    }
  })

  it('that is UTC has neither gaps nor repetitions', () => {
    assert.deepEqual([instantsOf(utcZone, 1e9), wallAt(utcZone, 1e9)], [[1e9], 1e9])
  })
})

function zone(name: string): Zone {
  return namedZone(name) ?? assert.fail(`${name} is not known`)
}

// Two hours around each change, by the quarter, and two thousand instants that have nothing to do with it.
function instantsOfInterest(zone: Zone): number[] {
  const quarters = Array.from({ length: 17 }, (_, index) => (index - 8) * 900)
  const around = offsetChanges(zone).flatMap((change) => quarters.flatMap((by) => [change + by - 1, change + by]))
  return [...around, ...Array.from({ length: 2000 }, (_, index) => (index * 1_039_817) % 2_082_758_400)]
}

function asDate(wall: number): number {
  const at = new Date(wall * 1000)
  return (
    new Date(
      at.getUTCFullYear(),
      at.getUTCMonth(),
      at.getUTCDate(),
      at.getUTCHours(),
      at.getUTCMinutes(),
      at.getUTCSeconds(),
    ).getTime() / 1000
  )
}

function seconds(wall: string): number {
  return Date.parse(`${wall}Z`) / 1000
}

function text(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19)
}
