// Which type of event a record is.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LogRecord, PINO_SHAPE } from '@pino-handlers/core'
import { EVENT_TYPES, getEventType } from '@pino-handlers/nt-eventlog'
import { type EventType, eventMaker, eventTypeNumber, eventTypeOf, typemapCheck } from '@pino-handlers/nt-eventlog/wire'
import { line } from '../../../test/support/lines.js'

const shape = { ...PINO_SHAPE, customLevels: { notice: 35, alert: 65 } }
const recordOf = (level: number): LogRecord => new LogRecord(line('x', { level }), shape)

describe('the type of an event', () => {
  it('has the numbers of winnt.h', () => {
    assert.deepEqual(EVENT_TYPES, {
      success: 0x0000,
      error: 0x0001,
      warning: 0x0002,
      information: 0x0004,
      'audit-success': 0x0008,
      'audit-failure': 0x0010,
    })
  })

  it('is that of the row of levels that a level falls into', () => {
    const levels = [60, 50, 40, 30, 20, 10, 65, 55, 49, 45, 35, 29, 5]
    const types = levels.map((level) => [level, eventTypeOf(recordOf(level))])

    assert.deepEqual(types, [
      [60, 1],
      [50, 1],
      [40, 2],
      [30, 4],
      [20, 4],
      [10, 4],
      [65, 1],
      [55, 1],
      [49, 2],
      [45, 2],
      [35, 4],
      [29, 4],
      [5, 4],
    ])
  })

  it('is what typemap says of a number or a label', () => {
    const typemap = { 10: 'success', notice: 'warning', error: 2, 65: 16 } as const
    const types = [10, 35, 50, 65, 40].map((level) => eventTypeOf(recordOf(level), typemap))

    assert.deepEqual(types, [0, 2, 2, 16, 2])
  })

  it('is made so for an event', () => {
    const eventOf = eventMaker({ typemap: { info: 'audit-success', 50: 2 } }, (error) => assert.fail(String(error)))
    const types = [30, 50, 60].map((level) => eventOf(recordOf(level), 'x').type)

    assert.deepEqual(types, [8, 2, 1])
  })

  it("is, as Python's getEventType has it, an error for all that the table does not know", () => {
    const levels = [0, 5, 10, 20, 25, 30, 40, 50, 60]

    assert.deepEqual(
      [levels.map((level) => getEventType(level)), levels.map((level) => getEventType(level, { 25: 8 }))],
      [
        [1, 1, 4, 4, 1, 2, 1, 1, 1],
        [1, 1, 1, 1, 8, 1, 1, 1, 1],
      ],
    )
  })

  it('has a name or a number, and nothing else', () => {
    const accepted = ['success', 'error', 'warning', 'information', 'audit-success', 'audit-failure', 0, 1, 2, 4, 8, 16]
    const refused = ['toString', 'Error', '', 3, -1, 32, 1.5, null, undefined, {}]
    const attempt = (value: unknown): unknown => {
      try {
        return eventTypeNumber(value)
      } catch (error) {
        return String(error).slice(0, 'RangeError'.length)
      }
    }

    assert.deepEqual(
      [accepted.map(attempt), refused.map(attempt)],
      [[0, 1, 2, 4, 8, 16, 0, 1, 2, 4, 8, 16], refused.map(() => 'RangeError')],
    )
  })

  it('is checked in typemap when the handler is made', () => {
    const typemaps: unknown[] = [{}, { notice: 'warning' }, { 35: 16 }, { notice: 'loud' }, { 35: 3 }, [], null, 'x']
    const parsed = typemaps.map((typemap) => typemapCheck.parse(typemap, {}))

    assert.deepEqual(parsed, [
      {},
      { notice: 'warning' },
      { 35: 16 },
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('compiles as what it accepts', () => {
    const types: readonly EventType[] = ['warning', 2]
    assert.equal(types.length, 2)
  })
})
