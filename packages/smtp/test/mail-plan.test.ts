// When there is a mail and when a digest, without a clock and without a server.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MailPlan, type PlanSettings } from '@pino-handlers/smtp/plan'

const SECOND = 1000
const HOUR = 3_600_000

function planOf(settings: Partial<PlanSettings>): MailPlan {
  return new MailPlan({ maxMailsPerHour: 0, digest: 0, dedupe: 0, ...settings })
}

function record(fingerprint: string, route = 'all'): { route: string; fingerprint: string } {
  return { route, fingerprint }
}

describe('MailPlan', () => {
  it('has a mail for each record without a cap', () => {
    const plan = planOf({})

    const admitted = Array.from({ length: 100 }, () => plan.admit(record('a'), 0))

    assert.deepEqual([admitted.filter(Boolean).length, plan.nextAt(0)], [100, undefined])
  })

  it('never has more mails in any hour than the cap, and a digest when there may be one more', () => {
    const plan = planOf({ maxMailsPerHour: 2 })
    const times = [0, 10, 20, 30].map((second) => plan.admit(record('a'), second * SECOND))

    assert.deepEqual(
      [
        times,
        plan.nextAt(30 * SECOND),
        plan.due(HOUR - 1),
        plan.due(HOUR),
        plan.admit(record('a'), HOUR + 1),
        plan.nextAt(HOUR + 1),
      ],
      [[true, true, false, false], HOUR, [], ['all'], false, HOUR + 10 * SECOND],
    )
  })

  it('keeps 10000 records of 10 seconds within the cap for hours', () => {
    const plan = planOf({ maxMailsPerHour: 10, digest: 60 * SECOND })
    const mails: number[] = []
    for (let now = 0; now < 3 * HOUR; now += now < 10 * SECOND ? 1 : SECOND) {
      if (now < 10 * SECOND && plan.admit(record(`a${now % 7}`), now)) mails.push(now)
      for (const _ of plan.due(now)) mails.push(now)
    }

    assert.deepEqual([mails, plan.nextAt(3 * HOUR)], [[0, 60 * SECOND], undefined])
  })

  it('has the first record at once, then a digest for each interval in which there was something', () => {
    const plan = planOf({ digest: 60 * SECOND })
    const said = [
      plan.admit(record('a'), 0),
      plan.admit(record('b'), SECOND),
      plan.due(59 * SECOND),
      plan.due(60 * SECOND),
      plan.admit(record('a'), 61 * SECOND),
      plan.due(120 * SECOND),
      plan.admit(record('a'), 300 * SECOND),
    ]

    assert.deepEqual(said, [true, false, [], ['all'], false, ['all'], true])
  })

  it('tells a repeated error once in its window, and others at once', () => {
    const plan = planOf({ dedupe: 60 * SECOND })
    const said = [
      plan.admit(record('a'), 0),
      plan.admit(record('a'), SECOND),
      plan.admit(record('b'), 2 * SECOND),
      plan.due(60 * SECOND),
      plan.admit(record('a'), 61 * SECOND),
      plan.finish(),
    ]

    assert.deepEqual(said, [true, false, true, ['all'], false, ['all']])
  })

  it('has digests of their own for each route, under one cap', () => {
    const plan = planOf({ maxMailsPerHour: 3, digest: SECOND })
    for (const route of ['x', 'y', 'x', 'y']) plan.admit(record('a', route), 0)

    assert.deepEqual([plan.due(SECOND), plan.nextAt(SECOND), plan.due(HOUR)], [['x'], HOUR, ['y']])
  })
})
