// From levels to the number in front of a message.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LogRecord, PINO_SHAPE } from '@pino-handlers/core'
import { encodePriority, facilityCheck, PRIORITY_NAMES, priorityReader } from '@pino-handlers/syslog/wire'
import fc from 'fast-check'

const LABELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

function priorities(
  levels: readonly unknown[],
  customLevels: Readonly<Record<string, number>> = {},
  mapPriority?: (levelname: string) => string,
): { readonly found: readonly number[]; readonly failed: readonly string[] } {
  const failed: string[] = []
  const read = priorityReader({ facility: 0, mapPriority }, (error) => failed.push(String(error)))
  const found = levels.map((level) => read(new LogRecord(JSON.stringify({ level }), { ...PINO_SHAPE, customLevels })))
  return { found, failed }
}

describe('encodePriority', () => {
  it('names the words that it knows when it does not know one', () => {
    assert.throws(() => encodePriority('USER', 'err'), {
      name: 'RangeError',
      message: /^'USER' is no syslog facility; known are: auth, .*local7$/,
    })
    assert.throws(() => encodePriority('user', 'toString'), {
      name: 'RangeError',
      message:
        "'toString' is no syslog priority; known are: alert, crit, critical, debug, emerg, err, error, info, notice, panic, warn, warning",
    })
  })
})

describe('the facility', () => {
  it('is a name or a number of syslog', () => {
    assert.deepEqual(
      ['local0', 23, 0, 24, -1, 1.5, 'USER', 'toString', null].map((value) => facilityCheck.parse(value, {})),
      [16, 23, 0, undefined, undefined, undefined, undefined, undefined, undefined],
    )
  })
})

describe('the priority of a record', () => {
  it('is that of its level, by number and by label', () => {
    const expected = [7, 7, 6, 4, 3, 2]
    assert.deepEqual(
      [priorities([10, 20, 30, 40, 50, 60]).found, priorities(LABELS).found, priorities([0, 15, 35, 45, 59, 99]).found],
      [expected, expected, [7, 7, 6, 4, 3, 2]],
    )
  })

  it('is the one that a label of your own names, or that of the row that its number falls into', () => {
    const custom = { notice: 35, alert: 70, emerg: 80, audit: 45 }
    assert.deepEqual(priorities(['notice', 'alert', 80, 'audit', 36], custom).found, [5, 1, 0, 4, 6])
  })

  it('is the one that mapPriority names, which is asked once for each level', () => {
    const asked: string[] = []
    const map = (levelname: string): string => {
      asked.push(levelname)
      return levelname === 'INFO' ? 'notice' : 'alert'
    }
    assert.deepEqual(
      [priorities([30, 30, 50, 30], {}, map).found, asked],
      [
        [5, 5, 1, 5],
        ['INFO', 'ERROR'],
      ],
    )
  })

  it('is that of the level when mapPriority does not name one, which is reported once', () => {
    const throwing = priorities([40, 40], {}, () => {
      throw new Error('broken')
    })
    const wrong = priorities([50, 50], {}, () => 'loud')
    assert.deepEqual(
      [throwing.found, throwing.failed, wrong.found, wrong.failed.map((text) => text.split(';')[0])],
      [[4, 4], ['Error: broken'], [3, 3], ["RangeError: 'loud' is no syslog priority"]],
    )
  })

  it('is always one of the eight, and that of the next lower level that is known', () => {
    const names = Object.keys(PRIORITY_NAMES)
    const level = fc.oneof(fc.integer({ min: -1, max: 100 }), fc.double(), fc.string(), fc.constantFrom(...names))
    fc.assert(
      fc.property(fc.array(fc.oneof(level, fc.jsonValue())), (levels) => {
        for (const priority of priorities(levels).found)
          assert.ok(Number.isInteger(priority) && priority >= 0 && priority <= 7)
      }),
    )
    fc.assert(
      fc.property(fc.integer({ min: -1, max: 100 }), (number) => {
        const known = [10, 20, 30, 40, 50, 60].filter((each) => each <= number).at(-1) ?? 10
        assert.deepEqual(priorities([number]).found, priorities([known]).found)
      }),
    )
  })
})
