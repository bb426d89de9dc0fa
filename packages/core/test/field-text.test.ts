// A field's JSON, found without parsing the line.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lineField, PINO_SHAPE } from '@pino-handlers/core'
import fc from 'fast-check'

const KEYS = ['id', 'a', 'b"c', 'd,e', 'f:{', 'ключ', '']

describe('lineField', () => {
  it('finds what JSON.parse finds, for objects of any shape', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('"id":1', ',"id":2,', '{"id":3}', '\\', '\\"', '}', ']'))
    const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null))
    const key = fc.constantFrom(...KEYS)
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        scalar,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    }))
    fc.assert(
      fc.property(fc.dictionary(key, value), fc.nat(2), (fields, space) => {
        const line = JSON.stringify(fields, undefined, space).replaceAll('\n', ' ')
        const found = KEYS.map((each) => {
          const json = lineField(`${line}\n`, each)
          return json === undefined ? undefined : JSON.parse(json)
        })
        assert.deepEqual(
          found,
          KEYS.map((each) => (Object.hasOwn(fields, each) ? JSON.parse(line)[each] : undefined)),
        )
      }),
      { numRuns: 2000 },
    )
  })

  it('takes the last of several fields of the same name, and none of an inner object', () => {
    assert.deepEqual(
      [
        '{"level":30,"id":1,"id":"two"}',
        '{"level":30,"id":1,"req":{"x":0,"id":2}}',
        '{"level":30,"req":{"id":2}}',
        '{"req":{"x":0,"id":2},"id":"\\"3\\""}',
      ].map((line) => lineField(line, 'id')),
      ['"two"', '1', undefined, '"\\"3\\""'],
    )
  })

  it('looks under nestedKey for what is not outside of it', () => {
    const shape = { ...PINO_SHAPE, nestedKey: 'payload' }
    assert.deepEqual(
      ['{"payload":{"id":1}}', '{"id":2,"payload":{"id":1}}', '{"payload":5}', '{}'].map((line) =>
        lineField(line, 'id', shape),
      ),
      ['1', '2', undefined, undefined],
    )
  })

  it('finds nothing in what is no object', () => {
    assert.deepEqual(
      ['', 'text, "id":1', '["id"]', '{"id":', '{"id":1', '{"x":"id":'].map((line) => lineField(line, 'id')),
      Array(6).fill(undefined),
    )
  })
})
