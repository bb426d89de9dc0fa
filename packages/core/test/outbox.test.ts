// The bounded queue: exactly which records it keeps.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Outbox, type Parcel, parcelOf } from '@pino-handlers/core'
import fc from 'fast-check'

function parcel(...entries: string[]): Parcel {
  return parcelOf(entries)
}

describe('Outbox', () => {
  it('gives back in order what it was given', () => {
    const outbox = new Outbox(100)
    outbox.push(parcel('a', 'b'))
    outbox.push(parcel('c'))
    const before = [outbox.count, outbox.bytes]
    assert.deepEqual(
      [before, outbox.take().entries, outbox.count, outbox.bytes, outbox.take().entries],
      [[3, 3], ['a', 'b', 'c'], 0, 0, []],
    )
  })

  it('is filled to the last byte', () => {
    const outbox = new Outbox(4)
    assert.deepEqual([outbox.push(parcel('ab', 'cd')), outbox.take().text], [0, 'abcd'])
  })

  it('drops the oldest for the newest', () => {
    const outbox = new Outbox(4)
    assert.deepEqual([outbox.push(parcel('a', 'b', 'cc', 'ddd')), outbox.take().entries], [3, ['ddd']])
  })

  it('counts bytes, not characters', () => {
    const outbox = new Outbox(4)
    assert.deepEqual([outbox.push(parcel('€', '😀')), outbox.bytes, outbox.take().entries], [1, 4, ['😀']])
  })

  it('drops a record that is larger than all of it, and none for its sake', () => {
    const outbox = new Outbox(4)
    assert.deepEqual([outbox.push(parcel('a', 'toolarge', 'b')), outbox.take().entries], [1, ['a', 'b']])
  })

  it('takes back what it gave, before what came meanwhile', () => {
    const outbox = new Outbox(10)
    outbox.push(parcel('a', 'b'))
    const taken = outbox.take()
    outbox.push(parcel('c'))
    outbox.putBack(taken)
    assert.deepEqual([outbox.count, outbox.bytes, outbox.take().text], [3, 3, 'abc'])
  })

  it('keeps nothing of a record that it has dropped', () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage: () => void = runInNewContext('gc')
    const outbox = new Outbox(1_000_000)
    const before = process.memoryUsage().heapUsed
    for (let n = 0; n < 500; n++) outbox.push(parcel(`${n}`.padEnd(900_000, 'x')))
    collectGarbage()
    assert.ok(process.memoryUsage().heapUsed - before < 10_000_000)
  })

  it('keeps the longest run of newest records that fits, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.array(fc.string({ maxLength: 12, unit: 'grapheme' }), { maxLength: 8 }), { maxLength: 20 }),
        (maxBytes, parcels) => {
          const outbox = new Outbox(maxBytes)
          let kept: string[] = []
          for (const entries of parcels) {
            const fitting = entries.filter((entry) => Buffer.byteLength(entry) <= maxBytes)
            const all = [...kept, ...fitting]
            kept = all.slice(newestWithin(all, maxBytes))
            const dropped = outbox.push(parcel(...entries))
            assert.equal(dropped, all.length - kept.length + entries.length - fitting.length)
          }
          assert.deepEqual([outbox.count, outbox.bytes], [kept.length, Buffer.byteLength(kept.join(''))])
          assert.deepEqual(outbox.take().entries, kept)
        },
      ),
    )
  })

  it('stays right over many records', () => {
    const outbox = new Outbox(1000)
    let dropped = 0
    for (let n = 0; n < 20_000; n++) dropped += outbox.push(parcel(String(n % 10)))
    assert.deepEqual([dropped, outbox.count, outbox.take().text], [19_000, 1000, '0123456789'.repeat(100)])
  })
})

/** Where the newest of `entries` begin that are at most `maxBytes` together. */
function newestWithin(entries: readonly string[], maxBytes: number): number {
  let first = entries.length
  for (let bytes = 0; first > 0; first--) {
    bytes += Buffer.byteLength(entries[first - 1] ?? '')
    if (bytes > maxBytes) break
  }
  return first
}
