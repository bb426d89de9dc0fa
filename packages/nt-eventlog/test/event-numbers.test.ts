// Which ids and categories an event may have: Windows has 16 bits for each in what a message file holds.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LogRecord } from '@pino-handlers/core'
import { eventMaker } from '@pino-handlers/nt-eventlog/wire'
import { line } from '../../../test/support/lines.js'

const record = new LogRecord(line('x'))

/** The id and the category when functions ask for a number, and how often that was told of as wrong. */
function numbersOf(number: number): readonly number[] {
  const told: unknown[] = []
  const settings = { getMessageID: () => number, getEventCategory: () => number }
  const { id, category } = eventMaker(settings, (error) => told.push(error))(record, 'x')
  return [number, id, category, told.length]
}

describe('the id and the category of an event', () => {
  it('are any numbers of 16 bits, the first and the last too', () => {
    assert.deepEqual([0, 1, 1000, 65_535].map(numbersOf), [
      [0, 0, 0, 0],
      [1, 1, 1, 0],
      [1000, 1000, 1000, 0],
      [65_535, 65_535, 65_535, 0],
    ])
  })

  it('are the default for any other number, which is told', () => {
    assert.deepEqual([-1, 65_536, 0.5, Number.NaN, Number.POSITIVE_INFINITY].map(numbersOf), [
      [-1, 1, 0, 2],
      [65_536, 1, 0, 2],
      [0.5, 1, 0, 2],
      [Number.NaN, 1, 0, 2],
      [Number.POSITIVE_INFINITY, 1, 0, 2],
    ])
  })
})
