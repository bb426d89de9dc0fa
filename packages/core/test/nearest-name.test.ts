// What somebody who mistyped a name may have meant.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nearestName } from '@pino-handlers/core'

// The name that is given, those that are known, and the one that is meant.
const CASES: readonly (readonly [given: string, known: readonly string[], nearest: string | undefined])[] = [
  ['max_bytes', ['maxBytes', 'maxFiles'], 'maxBytes'],
  ['maxByte', ['maxFiles', 'maxBytes'], 'maxBytes'],
  ['hst', ['host', 'port'], 'host'],
  ['hots', ['host', 'port'], 'host'],
  ['abcd', ['abxyz'], undefined],
  ['maxQueueByxyz', ['maxQueueBytes'], 'maxQueueBytes'],
  ['maxQueueBwxyz', ['maxQueueBytes'], undefined],
  ['anything', [], undefined],
]

describe('nearestName', () => {
  for (const [given, known, nearest] of CASES) {
    it(`takes ${given} for ${nearest ?? 'none'} of ${known.join(', ') || 'no names'}`, () => {
      assert.equal(nearestName(given, known), nearest)
    })
  }
})
