import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compileBrace, Float, formatValue, parseSpec } from '@pino-handlers/core/python'

const fill = (format: string, fields: Record<string, unknown> = {}, ...args: unknown[]): string =>
  compileBrace(format)(new Map(Object.entries(fields)), args)

const failure = (format: string, fields: Record<string, unknown> = {}): string => {
  try {
    return fill(format, fields)
  } catch (error) {
    return String(error)
  }
}

describe('str.format', () => {
  it('fills named, indexed and automatic fields', () => {
    assert.equal(fill('{{{a}}} {d[k][1]} {a.real}', { a: 1, d: { k: [1, 'z'] } }), '{1} z 1')
    assert.equal(fill('{} {}', {}, 'x', 'y'), 'x y')
  })

  it('converts before it formats, and fills specifications from fields', () => {
    assert.equal(fill('{s!r:>{w}}|{f:{w}.{p}f}', { s: 'x', f: new Float(3), w: 6, p: 2 }), "   'x'|  3.00")
  })

  it('raises what is wrong when it gets there, as CPython does', () => {
    const messages = [
      failure('{0}'),
      failure('{no} }'),
      failure('{a} }', { a: 1 }),
      failure('{a!x}', { a: 1 }),
      failure('{} {0}'),
      failure('{a:{b:{c}}}', { a: 1, b: 2 }),
      failure('{a.x}', { a: 1 }),
      failure('{a:5}', { a: null }),
    ]

    assert.deepEqual(messages, [
      'IndexError: Replacement index 0 out of range for positional args tuple',
      "KeyError: 'no'",
      "ValueError: Single '}' encountered in format string",
      'ValueError: Unknown conversion specifier x',
      'IndexError: Replacement index 0 out of range for positional args tuple',
      'ValueError: Max string recursion exceeded',
      "AttributeError: 'int' object has no attribute 'x'",
      'TypeError: unsupported format string passed to NoneType.__format__',
    ])
  })
})

describe('format specifications', () => {
  it('align, sign, group and pad', () => {
    const cases = [
      [42, '*^8'],
      [-42, '08'],
      [42, '+'],
      [255, '#x'],
      [1234567, ','],
      [1234567, '_x'],
      [1234, '08,'],
      ['abc', '.2'],
      ['abc', '>5'],
      [true, '5'],
    ] as const
    const texts = cases.map(([value, spec]) => formatValue(value, parseSpec(spec)))

    assert.deepEqual(texts, [
      '***42***',
      '-0000042',
      '+42',
      '0xff',
      '1,234,567',
      '12_d687',
      '0,001,234',
      'ab',
      '  abc',
      '    1',
    ])
  })

  it('write floats as repr does unless they are told otherwise', () => {
    const texts = ['', '.3', 'g', '.1%', 'z.0f', 'e'].map((spec) => formatValue(new Float(-0), parseSpec(spec)))

    assert.deepEqual(texts, ['-0.0', '-0.0', '-0', '-0.0%', '0', '-0.000000e+00'])
  })
})
