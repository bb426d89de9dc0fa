import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Float, Tuple } from '@pino-handlers/core/python'
import { frame, pickle } from '@pino-handlers/core/wire'
import fc from 'fast-check'
import { noPython, problems } from '../../../../test/support/python-frames.js'

describe('pickle', () => {
  it("writes CPython's opcodes of protocol 1", () => {
    const values = [
      null,
      undefined,
      true,
      false,
      0,
      255,
      256,
      65535,
      65536,
      -1,
      2 ** 31,
      12345678901234567890n,
      5n,
      1.5,
      new Float(1),
      'é',
      '',
      [],
      [1],
      new Tuple([]),
      new Tuple([1]),
      {},
      { a: 1 },
      new Map([[1, 'x']]),
    ]

    assert.deepEqual(
      values.map((value) => pickle(value).toString('latin1')),
      [
        'N.',
        'N.',
        'I01\n.',
        'I00\n.',
        'K\0.',
        'K\xff.',
        'M\0\x01.',
        'M\xff\xff.',
        'J\0\0\x01\0.',
        'J\xff\xff\xff\xff.',
        'L2147483648L\n.',
        'L12345678901234567890L\n.',
        'K\x05.',
        'G?\xf8\0\0\0\0\0\0.',
        'G?\xf0\0\0\0\0\0\0.',
        'X\x02\0\0\0\xc3\xa9.',
        'X\0\0\0\0.',
        '].',
        '](K\x01e.',
        ').',
        '(K\x01t.',
        '}.',
        '}(X\x01\0\0\0aK\x01u.',
        '}(K\x01X\x01\0\0\0xu.',
      ],
    )
  })

  it('keeps a surrogate that has no other half, as Python does', () => {
    const texts = ['\ud800', 'a\udfffb', '\ud83d\ude00\ud83d', `${'x'.repeat(50)}\udc00€`]

    assert.deepEqual(
      texts.map((text) => pickle(text).subarray(5, -1).toString('hex')),
      ['eda080', '61edbfbf62', 'f09f9880eda0bd', `${'78'.repeat(50)}edb080e282ac`],
    )
  })

  it('says what it cannot pickle', () => {
    class Point {}
    const loop: unknown[] = []
    loop.push({ loop })
    const values = [
      () => {},
      Symbol('s'),
      new Uint8Array(2),
      new Date(0),
      new Set(),
      new Point(),
      new Map([[['a'], 1]]),
      new Map([[new Tuple([{}]), 1]]),
      loop,
      nested(1001),
      10n ** 4300n,
    ]

    assert.deepEqual(values.map(messageOf), [
      'cannot pickle a function',
      'cannot pickle a symbol',
      'cannot pickle bytes: protocol 1 needs a global for them, which a safe receiver refuses',
      'cannot pickle a Date',
      'cannot pickle a Set',
      'cannot pickle a Point',
      'cannot pickle a dict with a list as key',
      'cannot pickle a dict with a dict as key',
      'cannot pickle a list that contains itself',
      'cannot pickle what is nested 1000 deep',
      'cannot pickle an integer of 4301 digits',
    ])
  })

  it('writes a value twice that is there twice', () => {
    const twice = { a: 1 }

    assert.deepEqual(pickle([twice, twice]), pickle([{ a: 1 }, { a: 1 }]))
  })

  it('is read by Python to equal values', { skip: noPython }, () => {
    const values = [...EDGES, ...fc.sample(anyValue(), { numRuns: 2000, seed: SEED })]

    assert.deepEqual(problems(values.map((value, id) => ({ id, frames: frame(pickle(value)), values: [value] }))), [])
  })
})

const SEED = 20171014

const EDGES: readonly unknown[] = [
  ...[0, 7, 8, 15, 16, 31, 32, 53, 63, 64, 200].flatMap((bits) =>
    [-1n, 0n, 1n].flatMap((delta) => [2n ** BigInt(bits) + delta, -(2n ** BigInt(bits)) + delta]),
  ),
  10n ** 4299n,
  ...[0, -0, 0.1, 1e300, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ...[0, -0, 1, 1e300].map((value) => new Float(value)),
  ...['\0', '\x7f', '\x80', '\u07ff', '\ud7ff\ue000\uffff', '😀', '\ud800', '\udc00\ud800'],
  ...[23, 24, 25, 5000, 100_000].flatMap((size) => ['a'.repeat(size), 'é'.repeat(size), `${'a'.repeat(size)}\ud800`]),
  Array.from({ length: 2500 }, (_, index) => index),
  Object.fromEntries(Array.from({ length: 2500 }, (_, index) => [`k${index}`, index])),
  nested(1000),
]

function nested(depth: number): unknown {
  let value: unknown = 'deep'
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

function anyValue(): fc.Arbitrary<unknown> {
  const text = fc.string({ unit: fc.oneof(fc.string({ minLength: 1, maxLength: 1 }), unpairedUnit()), maxLength: 40 })
  const scalar = fc.oneof(
    fc.constantFrom(null, true, false),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.bigInt(),
    fc.double(),
    fc.double().map((value) => new Float(value)),
    text,
  )
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, scalar, tie('list'), tie('tuple'), tie('dict'), tie('map')),
    list: fc.array(tie('value'), { maxLength: 5 }),
    tuple: fc.array(tie('value'), { maxLength: 5 }).map((items) => new Tuple(items)),
    dict: fc.dictionary(text, tie('value'), { maxKeys: 5 }),
    map: fc
      .array(fc.tuple(fc.oneof(fc.integer(), text), tie('value')), { maxLength: 5 })
      .map((entries) => new Map(entries)),
  }))
  return value
}

// Any unit of UTF-16, so that surrogates come alone too.
function unpairedUnit(): fc.Arbitrary<string> {
  return fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit))
}

function messageOf(value: unknown): string {
  try {
    return pickle(value).toString('latin1')
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
