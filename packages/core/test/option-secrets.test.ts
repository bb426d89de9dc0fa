// An error text is read by more people than the options are.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, HandlerOptionError, resolveOptions } from '@pino-handlers/core'

const PASSWORD = 'hunter2'
const LONG = PASSWORD.repeat(20)

// What is given where a number is due, and what the message says of it.
const CASES: readonly (readonly [given: unknown, shown: string])[] = [
  [`redis://user:${PASSWORD}@host:6379/0`, "'redis://***@host:6379/0'"],
  [`redis://user:${PASSWORD}/${PASSWORD}@host`, "'redis://***@host'"],
  [`redis://user:${LONG}@host`, "'redis://***@'... 78 more characters"],
  [`user:${PASSWORD}@host:4222`, "'***@host:4222'"],
  [[`nats://user:${PASSWORD}@a`, `user:${PASSWORD}@b`], "[ 'nats://***@a', '***@b' ]"],
  [{ url: `amqp://:${PASSWORD}@host` }, "{ url: 'amqp://***@host' }"],
  ['http://host:8080/log', "'http://host:8080/log'"],
  ['12:30', "'12:30'"],
  ['app@example.com', "'app@example.com'"],
]

describe('the error text of a wrong option', () => {
  for (const [given, shown] of CASES) {
    it(`shows ${shown}`, () => {
      assert.throws(
        () => resolveOptions('test', { size: count }, {}, { size: given }),
        new HandlerOptionError(`[test] option "size" must be ${count.expected}, got ${shown}`),
      )
    })
  }
})
