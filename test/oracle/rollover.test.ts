// When TimedRotatingFileHandler rolls over, against CPython's answers.
import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import {
  computeRollover,
  instantsOf,
  localZone,
  namedZone,
  parseWhen,
  type Schedule,
  utcZone,
  wallAt,
  type Zone,
} from '@pino-handlers/core/rotation'
import { type Case, casesOf, decodeObject, differing, type Input } from './vectors.js'

const answers: Readonly<Record<string, (input: Input, one: Case) => unknown>> = { compute: computed, ctor: constructed }

describe('rollovers come when CPython has them', () => {
  // Whole histories are played in rollover-sequence.test.ts.
  const cases = casesOf('rollover').filter(({ kind }) => kind !== 'sequence')
  const kinds = new Set([...Object.keys(answers), ...cases.map(({ kind }) => kind)])
  const zone = process.env.TZ ?? ''
  afterEach(() => {
    process.env.TZ = zone
  })

  for (const kind of kinds) {
    it(kind, () => {
      const asked = cases.filter((one) => one.kind === kind)
      if (asked.length > 0) assert.deepEqual(differing(asked.map(comparable), answerOf(kind)), [])
    })
  }

  it('compute, where CPython misreads the clock: later than the reference and at the local time that was asked for', () => {
    const wrong = cases.filter(({ kind }) => kind === 'compute').flatMap(missed)

    assert.deepEqual(wrong, [])
  })

  it('compute, in the time zone of the process as in one that is named', () => {
    for (const { kind, input } of cases) {
      if (kind !== 'compute' || input.utc === true) continue
      process.env.TZ = String(input.tz)
      assert.deepEqual(rollovers(input, localZone), rollovers(input, zoneOf(input)))
    }
  })
})

function answerOf(kind: string): (input: Input, one: Case) => unknown {
  const answer = answers[kind]
  if (!answer) throw new Error(`The vectors have the kind "${kind}", which this adapter does not know.`)
  return answer
}

// The words of an error are the port's own, and so are the answers where CPython takes every change of the clock for an hour.
function comparable(one: Case): Case {
  const { at, odd, interval, suffix, when, error } = decodeObject(one.expect)
  if (one.kind === 'ctor') return { ...one, expect: error === undefined ? { interval, suffix, when } : 'refused' }
  return { ...one, expect: { interval, suffix, at: numbers(at).map((at, index) => (isOdd(odd, index) ? 'odd' : at)) } }
}

function computed(input: Input, { expect }: Case): unknown {
  const { at } = decodeObject(expect)
  const { interval, suffix } = scheduleOf(input)
  const odd = Array.isArray(at) ? at : []
  return {
    interval,
    suffix,
    at: rollovers(input, zoneOf(input)).map((at, index) => (odd[index] === 'odd' ? 'odd' : at)),
  }
}

function constructed(input: Input): unknown {
  try {
    const { when, interval, suffix } = scheduleOf(input)
    return { interval, suffix, when }
  } catch (error) {
    assert.match(String(error), /must be 'S', 'M', 'H', 'D', 'midnight' or 'W0' to 'W6' \(0 is Monday\), got '/)
    return 'refused'
  }
}

// Among the odd instants, those whose rollover is not after them, or is at another time although the clocks showed this one.
function missed({ id, input, expect }: Case): unknown[] {
  const { odd } = decodeObject(expect)
  const zone = zoneOf(input)
  const { grid } = scheduleOf(input)
  if (!grid) return []
  const at = rollovers(input, zone)
  return numbers(input.t).flatMap((t, index) => {
    const rolloverAt = at[index] ?? 0
    if (!isOdd(odd, index)) return []
    const late = (((wallAt(zone, rolloverAt) - grid.first) % grid.step) + grid.step) % grid.step
    const skipped = instantsOf(zone, wallAt(zone, rolloverAt) - late).length === 0
    return rolloverAt > t && (late === 0 || skipped) ? [] : [{ id, t, rolloverAt }]
  })
}

function rollovers(input: Input, zone: Zone): number[] {
  const schedule = scheduleOf(input)
  return numbers(input.t).map((t) => computeRollover(schedule, t, zone))
}

function scheduleOf({ when, interval, atTime }: Input): Schedule {
  return parseWhen(when, interval, atTime)
}

function zoneOf({ tz, utc }: Input): Zone {
  const zone = utc === true ? utcZone : namedZone(String(tz))
  return zone ?? assert.fail(`The vectors have the time zone "${String(tz)}", which this machine does not know.`)
}

function isOdd(mask: unknown, index: number): boolean {
  return typeof mask === 'string' && mask[index] === '1'
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : []
}
