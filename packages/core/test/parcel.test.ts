import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cutAfter, cutBytes, parcelOf, parcelOfLines } from '@pino-handlers/core'

describe('parcelOfLines', () => {
  it('cuts its text once, since each of thousands of records may be asked for', () => {
    const parcel = parcelOfLines('{"msg":"a"}\n{"msg":"b"}\n', 2)

    const { entries } = parcel
    const times = [parcel.timeAt(0), parcel.timeAt(1)]

    assert.deepEqual([times, parcel.entries === entries], [[undefined, undefined], true])
  })
})

describe('a parcel that is cut', () => {
  it('knows when its records were made, however often it is cut', () => {
    const known = { timeAt: (index: number) => index * 1000, levelAt: () => 30 }
    const cuts = [
      parcelOf(['a', 'b', 'c', 'd'], 0, 4, { parcel: known, first: 0 }),
      parcelOfLines('a\nb\nc\nd\n', 4),
    ].map((whole) => cutAfter(cutAfter(whole, 1).rest ?? whole, 1).rest)
    const [entries, lines] = cuts
    assert.deepEqual(
      [entries?.text, entries?.timeAt(0), entries?.timeAt(1), lines?.text, lines?.timeAt(0)],
      ['cd', 2000, 3000, 'c\nd\n', undefined],
    )
  })

  it('has an empty head where nothing has room', () => {
    const heads = [0, 1, 2, 3].map(
      (room) => cutBytes(parcelOfLines('\n\n', 2), room, Buffer.byteLength, true).head.count,
    )
    assert.deepEqual(heads, [0, 0, 1, 2])
  })
})
