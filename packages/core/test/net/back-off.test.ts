// When to try again. test/oracle/retry.test.ts has CPython's answers.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resolveOptions } from '@pino-handlers/core'
import { afterFailure, mayConnect, NO_FAILURE, retryChecks, retryDefaults, withJitter } from '@pino-handlers/core/net'

describe('back-off', () => {
  it('doubles the wait from 1 second up to 30', () => {
    const periods: number[] = []
    let backOff = NO_FAILURE
    for (let attempt = 0; attempt < 7; attempt++) {
      backOff = afterFailure(backOff, 0, retryDefaults)
      periods.push(backOff.retryPeriod)
    }

    assert.deepEqual(periods, [1, 2, 4, 8, 16, 30, 30])
  })

  it('lets the first attempt through at once and the next one when it is time', () => {
    const failed = afterFailure(NO_FAILURE, 100, retryDefaults)

    assert.deepEqual(
      [mayConnect(NO_FAILURE, -1e9), mayConnect(failed, 100.9), mayConnect(failed, 101)],
      [true, false, true],
    )
  })

  it('does not hold the first wait to the longest, as Python', () => {
    const settings = { retryStart: 10, retryFactor: 2, retryMax: 3 }
    const first = afterFailure(NO_FAILURE, 0, settings)

    assert.deepEqual([first.retryPeriod, afterFailure(first, 10, settings).retryPeriod], [10, 3])
  })

  it('spreads a wait from half of it to one and a half', () => {
    assert.deepEqual(
      [0, 0.5, 1].map((random) => withJitter(30, () => random)),
      [15, 30, 45],
    )
  })

  for (const [options, message] of [
    [{ retryStart: 0 }, '[test] option "retryStart" must be a number of seconds above 0, got 0'],
    [{ retryFactor: 0.5 }, '[test] option "retryFactor" must be a number, 1 or more, got 0.5'],
    [{ retryMax: '30' }, `[test] option "retryMax" must be a number of seconds above 0, got '30'`],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      assert.throws(() => resolveOptions('test', retryChecks, retryDefaults, options), { message })
    })
  }
})
