// Seconds of options as timers take them.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { milliseconds } from '@pino-handlers/core'

describe('milliseconds', () => {
  it('are whole, none too few, and no more than a timer can wait', () => {
    assert.deepEqual([0, 0.0001, 1.0015, 3600, 1e9].map(milliseconds), [0, 1, 1002, 3_600_000, 2 ** 31 - 1])
  })
})
