// What becomes of texts that Windows does not take.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cut, fitContents, MAX_DATA, MAX_STRING, MAX_STRINGS } from '@pino-handlers/nt-eventlog/wire'
import fc from 'fast-check'

const lengths = (strings: readonly string[]): readonly number[] => strings.map(({ length }) => length)

describe('the strings of an event', () => {
  it('are left alone up to the longest that Windows takes', () => {
    const text = 'x'.repeat(MAX_STRING)
    assert.deepEqual(fitContents([text]), { strings: [text], data: undefined })
  })

  it('are cut beyond, with a marker that counts', () => {
    const { strings } = fitContents(['x'.repeat(40_000)])
    const [text = ''] = strings
    assert.deepEqual(
      [strings.length, text.length, text.slice(-32), /x+/.exec(text)?.[0].length],
      [1, MAX_STRING - 1, 'xxxxxxx[... 8187 characters cut]', 40_000 - 8187],
    )
  })

  it('lose no half of a pair of surrogates', () => {
    const pairs = '😀'.repeat(20_000)
    for (const text of [pairs, `x${pairs}`]) {
      const [short = ''] = fitContents([text]).strings
      assert.deepEqual(
        [
          short.isWellFormed(),
          short.length <= MAX_STRING,
          short.length >= MAX_STRING - 2,
          short.endsWith(' characters cut]'),
        ],
        [true, true, true, true],
      )
    }
  })

  it('keep a half that was alone before', () => {
    assert.deepEqual(fitContents(['a\ud800b', '\udc00']).strings, ['a\ud800b', '\udc00'])
  })

  it('have a picture of each NUL', () => {
    assert.deepEqual(fitContents(['a\0b\0', '\0']).strings, ['a␀b␀', '␀'])
  })

  it('are at most 256, and the last one says how many are missing', () => {
    const { strings } = fitContents(Array.from({ length: 300 }, (_, index) => `s${index}`))
    assert.deepEqual(
      [strings.length, strings.slice(0, 2), strings.slice(-2)],
      [MAX_STRINGS, ['s0', 's1'], ['s254', '[... 45 strings cut]']],
    )
  })

  it('share the room of one, the longest cut and the shorter ones whole', () => {
    const { strings } = fitContents(['a'.repeat(30_000), 'short', 'b'.repeat(30_000)])
    assert.deepEqual(lengths(strings), [15_916, 5, 15_916])
  })

  it('leave room for the data', () => {
    const { strings, data } = fitContents(['x'.repeat(MAX_STRING)], new Uint8Array(MAX_DATA))
    assert.deepEqual([lengths(strings), data?.length], [[MAX_STRING - MAX_DATA / 2], MAX_DATA])
  })

  it('may be none, and so may be the data', () => {
    assert.deepEqual(fitContents([], new Uint8Array()), { strings: [], data: undefined })
  })

  it('fit in any case, each a beginning of what it was', () => {
    const text = fc.tuple(fc.string({ unit: 'grapheme' }), fc.nat(5000)).map(([unit, times]) => unit.repeat(times))
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), fc.nat(MAX_DATA), (texts, bytes) => {
        const { strings } = fitContents(texts, new Uint8Array(bytes))
        const units = strings.reduce((sum, { length }) => sum + length + 1, 0)
        assert.ok(2 * units + bytes <= 2 * (MAX_STRING + 1) + 1, `${units} units and ${bytes} bytes`)
        for (const [index, string] of strings.entries()) {
          const whole = (texts[index] ?? '').replaceAll('\0', '␀')
          const kept = string.replace(/\[\.\.\. \d+ characters cut\]$/, '')
          assert.ok(whole === string || whole.startsWith(kept))
        }
      }),
      { numRuns: 50 },
    )
  })

  it('have no marker where there is no room for it', () => {
    assert.deepEqual([cut('x'.repeat(100), 10), cut('😀😀', 3), cut('😀', 0)], ['x'.repeat(10), '😀', ''])
  })
})
