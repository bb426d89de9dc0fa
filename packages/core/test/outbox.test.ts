// The bounded queue: exactly which records it keeps.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  Batch,
  type BatchContext,
  Monitor,
  Outbox,
  type OutboxLimits,
  type Parcel,
  PINO_SHAPE,
  parcelOf,
} from '@pino-handlers/core'
import fc from 'fast-check'
import { assertBalanced } from '../../../test/support/books.js'
import { line } from '../../../test/support/lines.js'
import { memoryInUse } from '../../../test/support/memory-in-use.js'

/** An outbox, its books, and what it was given. */
interface Filled {
  readonly outbox: Outbox
  readonly monitor: Monitor
  push(...entries: string[]): Promise<void> | undefined
  pushLines(...lines: string[]): Promise<void> | undefined
}

function filled(limits: OutboxLimits): Filled {
  const monitor = new Monitor('test', 'ignore')
  const outbox = new Outbox(limits, monitor)
  const context: BatchContext = { format: undefined, terminator: '\n', monitor, shape: PINO_SHAPE }
  const push = (parcel: Parcel): Promise<void> | undefined => {
    monitor.received(parcel.count)
    return outbox.push(parcel, context)
  }
  return {
    outbox,
    monitor,
    push: (...entries) => push(parcelOf(entries)),
    pushLines: (...lines) => push(new Batch(lines.join(''), lines.length, context).asLines),
  }
}

/** What is left in an outbox, and how many records it has dropped. */
function left({ outbox, monitor }: Filled): { entries: readonly string[]; dropped: number } {
  const dropped = monitor.stats.dropped.overflow ?? 0
  return { entries: outbox.take().entries, dropped }
}

describe('Outbox', () => {
  it('gives back in order what it was given', () => {
    const { outbox, push } = filled({ maxQueueBytes: 100 })
    push('a', 'b')
    push('c')
    const before = [outbox.count, outbox.bytes]
    assert.deepEqual(
      [before, outbox.take().entries, outbox.count, outbox.bytes, outbox.take().entries],
      [[3, 3], ['a', 'b', 'c'], 0, 0, []],
    )
  })

  it('gives back as much as is asked for, and one record at least', () => {
    const { outbox, push } = filled({ maxQueueBytes: 100 })
    push('aa', 'bb', 'cccc', 'd')
    const taken = [5, 2, 2, 2].map((maxBytes) => outbox.take(maxBytes).entries)
    assert.deepEqual([taken, outbox.count, outbox.bytes], [[['aa', 'bb'], ['cccc'], ['d'], []], 0, 0])
  })

  it('gives back no more records than are asked for, whether they are as they came or were queued one by one', () => {
    for (const overflow of ['drop-newest', 'drop-below-level'] as const) {
      const { outbox, push } = filled({ maxQueueBytes: 20, overflow })
      push('aa', 'bb')
      push('cc', 'dd', 'ee')
      // What has no room has the others looked at one by one.
      if (overflow === 'drop-below-level') push('x'.repeat(21))
      const taken = [3, 1, 3].map((maxRecords) => outbox.take(Number.POSITIVE_INFINITY, maxRecords).entries)
      assert.deepEqual([taken, outbox.count, outbox.bytes], [[['aa', 'bb', 'cc'], ['dd'], ['ee']], 0, 0])
    }
  })

  it('is filled to the last byte', () => {
    const box = filled({ maxQueueBytes: 4 })
    box.push('ab', 'cd')
    assert.deepEqual(left(box), { entries: ['ab', 'cd'], dropped: 0 })
  })

  it('is filled to the last record', () => {
    const box = filled({ maxQueueBytes: 100, maxQueueRecords: 2 })
    box.push('a', 'b')
    box.push('c')
    assert.deepEqual(left(box), { entries: ['b', 'c'], dropped: 1 })
  })

  it('drops the oldest for the newest', () => {
    const box = filled({ maxQueueBytes: 4 })
    box.push('a', 'b', 'cc', 'ddd')
    assert.deepEqual(left(box), { entries: ['ddd'], dropped: 3 })
  })

  it("drops what comes with 'drop-newest', and takes what still fits", () => {
    const box = filled({ maxQueueBytes: 4, overflow: 'drop-newest' })
    box.push('a', 'b', 'ccc', 'dd', 'e')
    assert.deepEqual(left(box), { entries: ['a', 'b', 'dd'], dropped: 2 })
  })

  it("drops the oldest below protectLevel with 'drop-below-level', then the oldest", () => {
    const box = filled({ maxQueueBytes: 1e6, maxQueueRecords: 3, overflow: 'drop-below-level', protectLevel: 40 })
    const one = (msg: string, level: number): string => line(msg, { level })
    const kept = [
      [one('a', 30), one('b', 50), one('c', 20), one('d', 40)],
      [one('e', 30), one('f', 30)],
      [one('g', 60)],
    ].map((lines) => {
      box.pushLines(...lines)
      const parcel = box.outbox.take()
      box.outbox.putBack(parcel)
      return parcel.entries.map((entry) => JSON.parse(entry).msg).join('')
    })
    box.pushLines(one('h', 60), one('i', 30))
    const { entries, dropped } = left(box)
    assert.deepEqual(
      [kept, entries.map((entry) => JSON.parse(entry).msg).join(''), dropped],
      [['bcd', 'bdf', 'bdg'], 'dgh', 6],
    )
  })

  it("drops nothing with 'block', but has the writer wait until there is room", async () => {
    const box = filled({ maxQueueBytes: 4, overflow: 'block' })
    const waits = [box.push('abc'), box.push('de'), box.push('f')]
    const { count } = box.outbox
    const entries = [box.outbox.take(3).entries, box.outbox.take().entries]
    await Promise.all(waits)
    assert.deepEqual(
      [waits.map((wait) => wait instanceof Promise), count, entries, left(box)],
      [[false, true, true], 3, [['abc'], ['de', 'f']], { entries: [], dropped: 0 }],
    )
  })

  it("lets a writer wait with 'block' while what is left leaves no room", async () => {
    const box = filled({ maxQueueBytes: 3, overflow: 'block' })
    box.push('ab', 'cd')
    let waits = true
    const room = box.push('ef')?.then(() => {
      waits = false
    })
    box.outbox.take(1)
    await new Promise(setImmediate)
    const before = waits
    box.outbox.take()
    await room
    assert.deepEqual([before, waits], [true, false])
  })

  it('counts bytes, not characters', () => {
    const box = filled({ maxQueueBytes: 4 })
    box.push('€', '😀')
    assert.deepEqual([box.outbox.bytes, left(box)], [4, { entries: ['😀'], dropped: 1 }])
  })

  it('drops a record that is larger than all of it, and none for its sake', () => {
    const box = filled({ maxQueueBytes: 4 })
    box.push('a', 'toolarge', 'b')
    assert.deepEqual(left(box), { entries: ['a', 'b'], dropped: 1 })
  })

  it('takes back what it gave, before what came meanwhile', () => {
    const { outbox, push } = filled({ maxQueueBytes: 10 })
    push('a', 'b')
    const taken = outbox.take()
    push('c')
    outbox.putBack(taken)
    assert.deepEqual([outbox.count, outbox.bytes, outbox.take().text], [3, 3, 'abc'])
  })

  it('keeps records whole that are larger than those that it took back', () => {
    const large = 'x'.repeat(1000)
    const { outbox, push } = filled({ maxQueueBytes: 1_000_000 })
    // More parcels than it holds as they came.
    for (let index = 0; index < 550; index++) push('a')
    outbox.putBack(outbox.take(1, 1))
    outbox.take(1, 1)
    for (let index = 0; index < 100; index++) push(large)
    assert.equal(outbox.take().text, 'a'.repeat(549) + large.repeat(100))
  })

  it('reports what it has dropped with one record, in front', () => {
    const box = filled({ maxQueueBytes: 1e6, maxQueueRecords: 1 })
    const times = ['2017-10-15T00:00:02.000Z', '2017-10-15T00:00:01.000Z', '2017-10-15T00:00:03.000Z']
    box.pushLines(...times.map((time) => line('x', { time: Date.parse(time) })))
    box.outbox.reportDrops()
    box.outbox.reportDrops()
    const { entries } = box.outbox.take()
    const [{ level, name, dropped, from, to, reason, msg }] = entries.map((entry) => JSON.parse(entry))
    assert.deepEqual(
      [entries.length, { level, name, dropped, from, to, reason, msg }],
      [
        2,
        {
          level: 40,
          name: 'pino-handlers.test',
          dropped: 2,
          from: '2017-10-15T00:00:01.000Z',
          to: '2017-10-15T00:00:02.000Z',
          reason: 'overflow',
          msg: '2 records dropped between 2017-10-15T00:00:01.000Z and 2017-10-15T00:00:02.000Z',
        },
      ],
    )
    assertBalanced({ ...box.monitor.stats, queued: 2 })
  })

  it("reports in front also with 'drop-below-level'", () => {
    const box = filled({ maxQueueBytes: 1e6, maxQueueRecords: 1, overflow: 'drop-below-level' })
    box.pushLines(line('kept', { level: 50 }), line('lost', { level: 30 }))
    box.outbox.reportDrops()
    const messages = box.outbox.take().entries.map((entry) => JSON.parse(entry).dropped ?? JSON.parse(entry).msg)
    assert.deepEqual(messages, [1, 'kept'])
  })

  it('reports nothing where that is turned off', () => {
    const box = filled({ maxQueueBytes: 1, reportDrops: false })
    box.push('a', 'b')
    box.outbox.reportDrops()
    assert.deepEqual(left(box), { entries: ['b'], dropped: 1 })
  })

  it('keeps nothing of a record that it has dropped', () => {
    const { push } = filled({ maxQueueBytes: 1_000_000 })
    const before = memoryInUse()
    for (let n = 0; n < 500; n++) push(`${n}`.padEnd(900_000, 'x'))
    // Of 450 MB.
    const grown = memoryInUse() - before
    assert.ok(grown < 100, `${grown} MB`)
  })

  it('keeps the longest run of newest records that fits, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.array(fc.string({ maxLength: 12, unit: 'grapheme' }), { maxLength: 8 }), { maxLength: 20 }),
        (maxBytes, parcels) => {
          const box = filled({ maxQueueBytes: maxBytes })
          let kept: string[] = []
          for (const entries of parcels) {
            const fitting = entries.filter((entry) => Buffer.byteLength(entry) <= maxBytes)
            const all = [...kept, ...fitting]
            kept = all.slice(newestWithin(all, maxBytes))
            box.push(...entries)
          }
          const { count, bytes } = box.outbox
          assert.deepEqual(
            [count, bytes, left(box)],
            [
              kept.length,
              Buffer.byteLength(kept.join('')),
              { entries: kept, dropped: parcels.flat().length - kept.length },
            ],
          )
        },
      ),
    )
  })

  it('is what a plain list would be, whatever is done to it', () => {
    const levels = [30, 50]
    const operation = fc.oneof(
      fc.record({
        push: fc.array(fc.record({ size: fc.nat(90_000), level: fc.constantFrom(...levels) }), { maxLength: 6 }),
      }),
      fc.record({ take: fc.nat(200_000), back: fc.boolean() }),
    )
    const overflows = ['drop-oldest', 'drop-newest', 'drop-below-level', 'block'] as const
    const limits = fc.record({
      maxQueueBytes: fc.integer({ min: 1, max: 300_000 }),
      overflow: fc.constantFrom(...overflows),
    })
    fc.assert(
      fc.property(limits, fc.array(operation, { maxLength: 30 }), (limit, operations) => {
        const box = filled({ ...limit, reportDrops: false })
        let held: string[] = []
        let [made, dropped] = [0, 0]
        for (const each of operations) {
          if ('push' in each) {
            const lines = each.push.map(({ size, level }) => line(`${made++}`.padEnd(size, 'é'), { level }))
            const kept = afterPush(held, lines, limit)
            dropped += held.length + lines.length - kept.length
            held = kept
            box.pushLines(...lines)
          } else {
            const count = countWithin(held, each.take)
            const parcel = box.outbox.take(each.take)
            assert.deepEqual([parcel.count, parcel.text], [count, held.slice(0, count).join('')])
            if (each.back) box.outbox.putBack(parcel)
            else held = held.slice(count)
          }
          const { count, bytes } = box.outbox
          assert.deepEqual([count, bytes], [held.length, Buffer.byteLength(held.join(''))])
        }
        assert.deepEqual(left(box), { entries: held, dropped })
      }),
    )
  })

  it('stays right over many records', () => {
    for (const overflow of ['drop-oldest', 'drop-below-level'] as const) {
      const box = filled({ maxQueueBytes: 1000, overflow })
      for (let n = 0; n < 20_000; n++) box.push(String(n % 10))
      const { entries, dropped } = left(box)
      assert.deepEqual([dropped, entries.join('')], [19_000, '0123456789'.repeat(100)])
    }
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

function byteLengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, each) => sum + Buffer.byteLength(each), 0)
}

/** What is held of `held` and `lines`, by the words of the documentation. */
function afterPush(held: readonly string[], lines: readonly string[], limits: OutboxLimits): string[] {
  const { maxQueueBytes, overflow } = limits
  const kept = [...held]
  for (const each of lines) {
    const bytes = Buffer.byteLength(each)
    if (bytes > maxQueueBytes) continue
    if (overflow === 'drop-newest' && byteLengthOf(kept) + bytes > maxQueueBytes) continue
    kept.push(each)
    while (overflow !== 'block' && byteLengthOf(kept) > maxQueueBytes) {
      const lesser = overflow === 'drop-below-level' ? kept.findIndex((one) => JSON.parse(one).level < 50) : -1
      kept.splice(Math.max(0, lesser), 1)
    }
  }
  return kept
}

/** How many of the first are at most `maxBytes` together, or one. */
function countWithin(held: readonly string[], maxBytes: number): number {
  let count = 0
  for (let bytes = 0; count < held.length; count++) {
    bytes += Buffer.byteLength(held[count] ?? '')
    if (bytes > maxBytes && count > 0) break
  }
  return count
}
