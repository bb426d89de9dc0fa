import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parcelOfLines } from '@pino-handlers/core'

describe('parcelOfLines', () => {
  it('cuts its text once, since each of thousands of records may be asked for', () => {
    const parcel = parcelOfLines('{"msg":"a"}\n{"msg":"b"}\n', 2)

    const { entries } = parcel
    const times = [parcel.timeAt(0), parcel.timeAt(1)]

    assert.deepEqual([times, parcel.entries === entries], [[undefined, undefined], true])
  })
})
