// The night's outage of docs/handlers/smtp.md: how many mails there are, by the plan alone.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MailPlan, type PlanSettings } from '@pino-handlers/smtp/plan'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** When each mail goes, if three records a second come from 2:00 to 4:30, one in four of another kind. */
function mailsOf(settings: Partial<PlanSettings>): number[] {
  const plan = new MailPlan({ maxMailsPerHour: 60, digest: 0, dedupe: 0, ...settings })
  const mails: number[] = []
  for (let count = 0; count < 2.5 * 3600 * 3; count++) {
    const now = 2 * HOUR + (count * SECOND) / 3
    mails.push(...digestsUntil(plan, now))
    if (plan.admit({ route: 'all', fingerprint: count % 4 === 0 ? 'cart' : 'order' }, now)) mails.push(now)
  }
  return [...mails, ...digestsUntil(plan, 24 * HOUR)]
}

function digestsUntil(plan: MailPlan, end: number): number[] {
  const digests: number[] = []
  for (let at = plan.nextAt(0); at !== undefined && at <= end; at = plan.nextAt(at)) {
    for (const _ of plan.due(at)) digests.push(at)
  }
  return digests
}

/** Mails by the half hour in which they went. */
function byHalfHour(mails: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const at of mails) {
    const half = Math.floor(at / (30 * MINUTE))
    const time = `${Math.floor(half / 2)}:${half % 2 === 0 ? '00' : '30'}`
    counts[time] = (counts[time] ?? 0) + 1
  }
  return counts
}

describe('a night with the database away from 2:00 to 4:30', () => {
  it('is some 180 mails by default', () => {
    assert.deepEqual(byHalfHour(mailsOf({})), { '2:00': 60, '3:00': 60, '4:00': 60, '5:00': 1 })
  })

  it('is five mails with dedupe of an hour', () => {
    assert.deepEqual(byHalfHour(mailsOf({ dedupe: HOUR })), { '2:00': 2, '3:00': 1, '4:00': 1, '5:00': 1 })
  })

  it('is a mail each half hour with digest of half an hour', () => {
    const mails = { '2:00': 1, '2:30': 1, '3:00': 1, '3:30': 1, '4:00': 1, '4:30': 1 }
    assert.deepEqual(byHalfHour(mailsOf({ digest: 30 * MINUTE })), mails)
  })
})
