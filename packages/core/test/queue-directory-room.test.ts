import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { tempDir } from '../../../test/support/temp-dir.js'
import { batch, batches, bury, idsOf, NEVER, observe, sizeOf, takeAll } from './queue-directory-kit.js'

// Four segments of four frames: 22 + 4 * 248 + 18 bytes each.
const SMALL = { maxBytes: 4200, segmentBytes: 4096 } as const
const LINE = 227

describe('directoryQueue within maxBytes', () => {
  it('takes as much as there is room for, and the rest when something was acknowledged', async (t) => {
    const path = tempDir(t)
    const writer = observe(t, { path, ...SMALL })
    const reader = observe(t, { path })
    const held: number[] = []
    const taken: number[] = []

    let done = false
    const putting = Promise.resolve(writer.queue.put(batches(100, 260, LINE), NEVER)).then(() => {
      done = true
    })
    const sizes = [sizeOf(path)]
    while (!done) {
      const some = takeAll(reader)
      if (some.length > 0) held.push(some.length)
      taken.push(...idsOf(some))
      await setImmediate()
      sizes.push(sizeOf(path))
    }
    await putting
    taken.push(...idsOf(takeAll(reader)))

    assert.deepEqual(
      [taken, held[0], sizes.every((size) => size <= SMALL.maxBytes)],
      [idsOf(batches(100, 260)), 16, true],
    )
  })

  it('rejects a put that has waited until its time was up, and takes what is left of it later', async (t) => {
    const path = tempDir(t)
    const writer = observe(t, { path, ...SMALL })
    const reader = observe(t, { path })
    const over = new AbortController()
    const all = batches(100, 120, LINE)

    const putting = writer.queue.put(all, over.signal)
    over.abort()
    const [outcome] = await Promise.allSettled([putting])
    const safe = writer.queue.putNow?.(all)
    const first = idsOf(takeAll(reader))
    await writer.queue.put(all, NEVER)
    const second = idsOf(takeAll(reader))

    assert.deepEqual(
      [outcome.status === 'rejected' && outcome.reason.message, safe, first, second],
      [
        `directory queue '${path}' is full: 4200 bytes wait to be taken`,
        16,
        idsOf(batches(100, 116)),
        idsOf(batches(116, 120)),
      ],
    )
  })

  it('takes a batch that is larger than all of it when it is empty', async (t) => {
    const path = tempDir(t)
    const writer = observe(t, { path, ...SMALL })
    const reader = observe(t, { path })

    writer.queue.put([batch(0, 9000)], NEVER)
    const putting = writer.queue.put([batch(1, 9000)], NEVER)
    const first = takeAll(reader)
    await putting

    assert.deepEqual([first, takeAll(reader)], [[batch(0, 9000)], [batch(1, 9000)]])
  })

  it('drops the oldest segments for ten times as much as there is room for, and counts each record', (t) => {
    const path = tempDir(t)
    const writer = observe(t, { path, ...SMALL, overflow: 'drop-oldest' })
    const reader = observe(t, { path })

    const sizes = batches(100, 260, LINE).map((each) => {
      writer.queue.put([{ ...each, count: 3 }], NEVER)
      return sizeOf(path)
    })
    const kept = idsOf(takeAll(reader))

    assert.deepEqual(
      [kept, writer.lost.reduce((sum, [count]) => sum + count, 0), Math.max(...sizes) <= SMALL.maxBytes, writer.told],
      [idsOf(batches(244, 260)), 3 * 144, true, []],
    )
  })

  it('does not drop what a reader has begun', (t) => {
    const path = tempDir(t)
    const writer = observe(t, { path, ...SMALL, overflow: 'drop-oldest' })
    const reader = observe(t, { path })

    writer.queue.put(batches(100, 104, LINE), NEVER)
    const taken = takeAll(reader, false)
    for (const each of batches(104, 140, LINE)) writer.queue.put([each], NEVER)
    reader.queue.acknowledge(taken)
    const rest = takeAll(reader)

    assert.deepEqual(
      [idsOf(taken), idsOf(rest), writer.lost.reduce((sum, [count]) => sum + count, 0)],
      [idsOf(batches(100, 104)), idsOf(batches(128, 140)), 24],
    )
  })

  it('drops what a reader has begun that is gone, and counts what that has not acknowledged', (t) => {
    const path = tempDir(t)
    const writer = observe(t, { path, ...SMALL, overflow: 'drop-oldest' })
    const reader = observe(t, { path })
    writer.queue.put(batches(100, 104, LINE), NEVER)
    reader.queue.acknowledge(takeAll(reader, false).slice(0, 1))
    reader.queue.close(NEVER)

    for (const each of batches(104, 120, LINE)) writer.queue.put([each], NEVER)

    assert.deepEqual([writer.lost, idsOf(takeAll(observe(t, { path })))], [[[3, 'overflow']], idsOf(batches(104, 120))])
  })

  it('drops the segment of another writer, which goes on in a new one', (t) => {
    const path = tempDir(t)
    // Two segments of the same millisecond have no certain order.
    let now = Date.now()
    t.mock.method(Date, 'now', () => now++)
    const options = { path, ...SMALL, overflow: 'drop-oldest' } as const
    const [first, second] = [observe(t, options), observe(t, options)]
    const reader = observe(t, { path })

    first.queue.put([batch(100, LINE)], NEVER)
    for (const each of batches(200, 216, LINE)) second.queue.put([each], NEVER)
    first.queue.put([batch(101, LINE)], NEVER)
    const lost = [...first.lost, ...second.lost].reduce((sum, [count]) => sum + count, 0)
    const kept = idsOf(takeAll(reader)).sort()

    assert.deepEqual([kept.includes(101), kept.includes(100), kept.length + lost], [true, false, 18])
  })

  it('has room again when a segment of a silent writer was acknowledged', async (t) => {
    const path = tempDir(t)
    const others = [0, 1, 2, 3].map(() => observe(t, { path, ...SMALL }))
    const writer = observe(t, { path, ...SMALL })
    const reader = observe(t, { path })
    for (const { queue } of others) await queue.put([batch(100, 900)], NEVER)

    const putting = writer.queue.put([batch(200, 900)], NEVER)
    takeAll(reader)
    bury(path)
    takeAll(reader)
    await putting

    assert.deepEqual(takeAll(reader), [batch(200, 900)])
  })
})
