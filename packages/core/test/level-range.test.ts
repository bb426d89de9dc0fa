// Which records of a batch are of certain levels.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Batch, type BatchContext, Monitor, PINO_SHAPE, type RecordShape } from '@pino-handlers/core'
import { eachLine, LevelPicker, type LevelRange } from '@pino-handlers/core/target'
import fc from 'fast-check'
import { line } from '../../../test/support/lines.js'

function batchOf(lines: readonly string[], shape: RecordShape = PINO_SHAPE): Batch {
  const context: BatchContext = { format: undefined, terminator: '\n', monitor: new Monitor('test', 'ignore'), shape }
  return new Batch(lines.join(''), lines.length, context)
}

function picked(batch: Batch, range: LevelRange): [count: number, text: string] | undefined {
  const part = new LevelPicker(batch).pick(range)
  return part && [part.count, part.text]
}

describe('eachLine', () => {
  it('finds the level and the place of each line, however it is written', () => {
    const lines = [
      '{"level":30,"msg":"as pino writes it"}\n',
      '{"level":5,"msg":"one digit"}\n',
      '{"level":100,"msg":"three digits"}\n',
      '{"level":"warn","msg":"a label"}\n',
      '{"time":1,"level":50}\n',
      '{"level":3.5}\n',
      'no JSON\n',
      '{"level":60,"msg":"é 😀"}\n',
      '{"level":20}',
    ]
    const found: [number, string][] = []
    const text = lines.join('')
    eachLine(text, PINO_SHAPE, (level, start, end) => found.push([level, text.slice(start, end)]))
    assert.deepEqual(
      found,
      lines.map((each, index) => [[30, 5, 100, 40, 50, 3.5, 30, 60, 20][index], each]),
    )
  })

  it('goes by the key of the level that the logger has', () => {
    const levels: number[] = []
    const shape = { ...PINO_SHAPE, levelKey: 'severity' }
    eachLine('{"severity":40,"level":20}\n{"level":30,"severity":50}\n', shape, (level) => levels.push(level))
    assert.deepEqual(levels, [40, 50])
  })
})

describe('LevelPicker', () => {
  it('tells ranges apart that begin at the same level', () => {
    const picker = new LevelPicker(
      batchOf([line('a', { level: 30 }), line('b', { level: 40 }), line('c', { level: 50 })]),
    )
    const [some, most] = [picker.pick({ level: 30, maxLevel: 30 }), picker.pick({ level: 30, maxLevel: 40 })]
    assert.deepEqual([some?.count, most?.count], [1, 2])
  })

  it('gives the batch itself when all of it is wanted, and nothing when none of it is', () => {
    const batch = batchOf([line('a', { level: 30 }), line('b', { level: 40 })])
    const picker = new LevelPicker(batch)
    assert.deepEqual(
      [
        picker.pick({}) === batch,
        picker.pick({ level: 30, maxLevel: 40 }) === batch,
        picker.pick({ level: 50 }),
        picker.pick({ maxLevel: 20 }),
        picker.pick({ level: 31, maxLevel: 39 }),
      ],
      [true, true, undefined, undefined, undefined],
    )
  })

  it('cuts the same range out once', () => {
    const picker = new LevelPicker(batchOf([line('a', { level: 30 }), line('b', { level: 40 })]))
    assert.equal(picker.pick({ level: 40 }), picker.pick({ level: 40, maxLevel: undefined }))
  })

  it('keeps exactly the lines within the range, in order and untouched', () => {
    const level = fc.constantFrom(5, 10, 20, 30, 40, 50, 60, 100)
    fc.assert(
      fc.property(fc.array(level, { minLength: 1, maxLength: 30 }), level, level, (levels, from, to) => {
        const lines = levels.map((each, index) => line(`${index} é`, { level: each }))
        const wanted = lines.filter((_, index) => (levels[index] ?? 0) >= from && (levels[index] ?? 0) <= to)
        const expected = wanted.length === 0 ? undefined : [wanted.length, wanted.join('')]
        assert.deepEqual(picked(batchOf(lines), { level: from, maxLevel: to }), expected)
      }),
    )
  })
})
