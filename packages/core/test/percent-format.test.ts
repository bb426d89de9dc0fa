import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compilePercent, Float, getMessage, Tuple } from '@pino-handlers/core/python'

const fill = (format: string, ...args: unknown[]): string => compilePercent(format).format(new Tuple(args))

describe('the % operator', () => {
  it('pads, signs and prefixes integers of any size', () => {
    const text = fill('%5d|%-5d|%05d|%+d|% d|%#x|%#o|%X|%.3d|%d', 42, 42, -42, 7, 7, 255, 8, 255, 5, 2n ** 70n)

    assert.equal(text, '   42|42   |-0042|+7| 7|0xff|0o10|FF|005|1180591620717411303424')
  })

  it('rounds floats half to even, at any precision', () => {
    const text = fill('%.0f %.0f %.2f %.1e %g %g %#.3g %.25f', 0.5, 2.5, 1.005, 2.5, 1e-5, 1e16, 1, 0.1)

    assert.equal(text, '0 2 1.00 2.5e+00 1e-05 1e+16 1.00 0.1000000000000000055511151')
  })

  it('writes values as Python does', () => {
    const text = fill('%s %s %s %r %a', null, new Float(3), [true, { k: "it's" }], 'tab\t', '€')

    assert.equal(text, `None 3.0 [True, {'k': "it's"}] 'tab\\t' '\\u20ac'`)
  })

  it('counts code points, where JavaScript counts UTF-16 units', () => {
    assert.equal(fill('%4s|%.1s|', '😀', '😀😀'), '   😀|😀|')
  })

  it('takes widths and precisions from the arguments', () => {
    assert.equal(fill('%*d|%-*s|%.*f', 5, 42, 3, 'x', 2, Math.PI), '   42|x  |3.14')
  })

  it('reports what CPython reports', () => {
    const errors = [
      ['%s', []],
      ['none', [1]],
      ['%d', ['x']],
      ['%x', [1.5]],
      ['%c', ['AB']],
      ['%y', [1]],
      ['%(a)s', [1]],
      ['%', [1]],
    ] as const
    const messages = errors.map(([format, args]) => {
      try {
        return fill(format, ...args)
      } catch (error) {
        return String(error)
      }
    })

    assert.deepEqual(messages, [
      'TypeError: not enough arguments for format string',
      'TypeError: not all arguments converted during string formatting',
      'TypeError: %d format: a real number is required, not str',
      'TypeError: %x format: an integer is required, not float',
      'TypeError: %c requires int or char',
      "ValueError: unsupported format character 'y' (0x79) at index 1",
      'TypeError: format requires a mapping',
      'ValueError: incomplete format',
    ])
  })
})

describe('getMessage', () => {
  it('leaves a message without arguments alone', () => {
    assert.deepEqual(
      [getMessage('100%', null), getMessage('100%', new Tuple([])), getMessage(['l'], null)],
      ['100%', '100%', "['l']"],
    )
  })

  it('reads names from a mapping that is the only argument', () => {
    assert.equal(getMessage('%(a)s-%(b)d', new Tuple([{ a: 'x', b: 2 }])), 'x-2')
  })
})
