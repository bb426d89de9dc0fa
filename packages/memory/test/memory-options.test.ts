// What the memory handler refuses, and in which words.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import memory, { type MemoryOptions } from '@pino-handlers/memory'

const target = { write: (): boolean => true }
const TARGET = "{ target, options, level } as in pino's transports, or a stream; in-process also null"
const SIZE = "a number of bytes above 0, or a size such as '10MB' or '10MiB'"

const refused: readonly (readonly [wrong: object | null, message: string])[] = [
  [null, 'options must be an object, got null'],
  [{}, 'option "capacity" is required: an integer, 1 or more'],
  [{ capacity: 0 }, 'option "capacity" must be an integer, 1 or more, got 0'],
  [{ capacity: -1 }, 'option "capacity" must be an integer, 1 or more, got -1'],
  [{ capacity: 1, target: 5 }, `option "target" must be ${TARGET}, got 5`],
  [{ capacity: 1, target: { options: {} } }, `option "target" must be ${TARGET}, got { options: {} }`],
  [
    { capacity: 1, target: { target: 'no-such-module' } },
    `option "target" names 'no-such-module', which cannot be found from ${process.cwd()}`,
  ],
  [
    { capacity: 1, target: { target: '@pino-handlers/null', option: {} } },
    'option "target" is wrong: unknown option "option"; did you mean "options"?',
  ],
  [{ capacity: 1, target, onFull: 'drop' }, `option "onFull" must be 'flush' | 'drop-oldest', got 'drop'`],
  [
    { capacity: 1, target, overflow: 'drop' },
    `option "overflow" must be 'drop-oldest' | 'drop-newest' | 'drop-below-level' | 'block', got 'drop'`,
  ],
  [{ capacity: 1, target, keyBy: '' }, `option "keyBy" must be a non-empty string, got ''`],
  [{ capacity: 1, target, keyTtl: 0 }, 'option "keyTtl" must be a number of seconds above 0, got 0'],
  [{ capacity: 1, target, keyTtl: 5 }, 'option "keyTtl" has no meaning without "keyBy"'],
  [{ capacity: 1, target, maxKeys: 0 }, 'option "maxKeys" must be an integer, 1 or more, got 0'],
  [{ capacity: 1, target, maxBytes: 0 }, `option "maxBytes" must be ${SIZE}, got 0`],
  [{ capacity: 1, target, flushlevel: 50 }, 'unknown option "flushlevel"; did you mean "flushLevel"?'],
  [
    { capacity: 1, target, formatter: { fmt: '%(message)s' } },
    'unknown option "formatter": records are formatted by the target, as in { target, options: { formatter } }',
  ],
]

describe('memory', () => {
  for (const [wrong, message] of refused) {
    it(`says: ${message}`, () => {
      assert.throws(() => create(wrong), { name: 'HandlerOptionError', message: `[memory] ${message}` })
    })
  }

  it('passes on what its target says of its own options', () => {
    const options = { capacity: 1, target: { target: '@pino-handlers/file', options: { filname: 'x' } } }
    assert.throws(() => create(options), {
      name: 'HandlerOptionError',
      message: '[file] unknown option "filname"; did you mean "filename"?',
    })
  })
})

// Options that are wrong on purpose.
function create(options: object | null): void {
  memory(options as MemoryOptions)
}
