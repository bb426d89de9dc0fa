// What is wrong with an option of the queue handler, as the application reads it.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import queue, { memoryQueue, type QueueOptions, options as table } from '@pino-handlers/queue'

const target = memoryQueue()
const expected = String(table.queue?.expected)

const wrong: readonly (readonly [Record<string, unknown>, string])[] = [
  [{}, `option "queue" is required: ${expected}`],
  [{ queue: 5 }, `option "queue" must be ${expected}, got 5`],
  [{ queue: null }, `option "queue" must be ${expected}, got null`],
  [{ queue: {} }, `option "queue" must be ${expected}, got {}`],
  [{ queue: { put() {} } }, 'option "queue" is no queue: it lacks the functions take, acknowledge, close'],
  [{ queue: { type: 'memory' } }, 'option "queue" of type \'memory\': option "name" is required: a non-empty string'],
  [
    { queue: { type: 'memory', nmae: 'a' } },
    'option "queue" of type \'memory\': unknown option "nmae"; did you mean "name"?',
  ],
  [
    { queue: target, prepare: 5 },
    'option "prepare" must be a function (record) => string | object | null, or a module specifier such as \'./hooks.js#name\', got 5',
  ],
  [
    { queue: target, enqueue: {} },
    'option "enqueue" must be a function (batch, queue) => void | Promise, or a module specifier such as \'./hooks.js#name\', got {}',
  ],
  [
    { queue: target, prepare: () => '', formatter: { fmt: '%(message)s' } },
    'option "formatter" has no part in what prepare returns: format in prepare',
  ],
  [{ queue: target, retryStart: 0 }, 'option "retryStart" must be a number of seconds above 0, got 0'],
  [{ queue: target, maxQueueRecords: -1 }, 'option "maxQueueRecords" must be a non-negative integer, got -1'],
  [
    { queue: target, overflow: 'drop' },
    "option \"overflow\" must be 'drop-oldest' | 'drop-newest' | 'drop-below-level' | 'block', got 'drop'",
  ],
  [{ queue: target, enque: () => {} }, 'unknown option "enque"; did you mean "enqueue"?'],
]

describe('queue says', () => {
  for (const [options, text] of wrong) {
    it(text, () => {
      assert.throws(() => queue(options as unknown as QueueOptions), {
        name: 'HandlerOptionError',
        message: `[queue] ${text}`,
      })
    })
  }

  it('of a type that is not there, what there is', () => {
    assert.throws(() => queue({ queue: { type: 'kafka' } }), {
      name: 'HandlerOptionError',
      message:
        /^\[queue\] option "queue" names 'kafka', which cannot be loaded from .*: Cannot find module 'kafka'; known types: /,
    })
  })
})
