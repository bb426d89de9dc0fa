// Chunks into lines: where they are cut makes no difference.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countLines, LineBuffer, piecesOf, splitLines } from '@pino-handlers/core'
import fc from 'fast-check'

const texts = fc.string({
  maxLength: 60,
  unit: fc.constantFrom('a', '"', '\n', '\r\n', 'ü', '€', '😀', '\u2028', '\0'),
})
const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 12 })

/** The pieces of `whole` between `cuts`. */
function pieces<T extends { length: number; slice(start: number, end?: number): T }>(whole: T, cuts: number[]): T[] {
  const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length]
  return at.slice(1).map((end, index) => whole.slice(at[index] ?? 0, end))
}

function gather(chunks: readonly (string | Uint8Array)[]): { lines: string[]; rest: string } {
  const buffer = new LineBuffer()
  const lines = chunks.map((chunk) => buffer.push(chunk)).filter((text) => text !== '')
  return { lines, rest: buffer.end() }
}

function assertSame(text: string, { lines, rest }: { lines: string[]; rest: string }): void {
  const end = text.lastIndexOf('\n') + 1
  const last = text.slice(end)
  assert.deepEqual(
    { lines: lines.join(''), rest, torn: lines.filter((each) => !each.endsWith('\n')) },
    { lines: text.slice(0, end), rest: last === '' ? '' : `${last}\n`, torn: [] },
  )
}

describe('LineBuffer', () => {
  it('gives the same lines wherever bytes are cut, also inside a character', () => {
    fc.assert(fc.property(texts, cuts, (text, at) => assertSame(text, gather(pieces(Buffer.from(text), at)))))
  })

  it('gives the same lines wherever text is cut, also inside a surrogate pair', () => {
    fc.assert(fc.property(texts, cuts, (text, at) => assertSame(text, gather(pieces(text, at)))))
  })

  it('passes whole lines on as they are', () => {
    assert.deepEqual(gather(['a\nb\n', 'c\n']), { lines: ['a\nb\n', 'c\n'], rest: '' })
  })

  it('gives the rest once', () => {
    const buffer = new LineBuffer()
    buffer.push('a')
    assert.deepEqual([buffer.end(), buffer.end(), buffer.push('b\n')], ['a\n', '', 'b\n'])
  })

  it('gathers a line of 16 MB from small pieces', () => {
    const long = `${'x'.repeat(16 * 1024 * 1024)}\n`
    const bytes = Buffer.from(long)
    const chunks = Array.from({ length: Math.ceil(bytes.length / 4096) }, (_, n) =>
      bytes.subarray(n * 4096, n * 4096 + 4096),
    )
    const { lines, rest } = gather(chunks)
    assert.deepEqual([lines.length, lines[0] === long, rest], [1, true, ''])
  })
})

describe('splitLines and countLines', () => {
  it('know both ends, and empty lines', () => {
    const text = 'a\r\n\nb\r\n\r\nc\rd\n'
    assert.deepEqual([splitLines(text), countLines(text)], [['a', '', 'b', '', 'c\rd'], 5])
  })

  it('agree on any text of whole lines', () => {
    fc.assert(fc.property(texts, (text) => assert.equal(splitLines(`${text}\n`).length, countLines(`${text}\n`))))
  })

  it('find nothing in nothing', () => {
    assert.deepEqual([splitLines(''), countLines('')], [[], 0])
  })
})

describe('piecesOf', () => {
  it('cuts between lines, and leaves a line whole that is longer', () => {
    assert.deepEqual(piecesOf('a\nbb\ncccccc\nd\n', 5), ['a\nbb\n', 'cccccc\n', 'd\n'])
    assert.deepEqual(piecesOf('', 5), [])
  })
})
