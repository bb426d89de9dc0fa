// The memory handler as a flight recorder: the newest records are kept, and written only when something happens.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import memory from '@pino-handlers/memory'
import { assertBalanced } from '../../../test/support/books.js'
import { line } from '../../../test/support/lines.js'
import { ended, listTarget, messages } from './memory-target.js'

const debug = (msg: string): string => line(msg, { level: 20 })
const error = (msg: string): string => line(msg, { level: 50 })

describe('memory with onFull drop-oldest', () => {
  it('hands over the last records before an error, as many as its capacity', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 2, target, onFull: 'drop-oldest' })

    handler.write(['a', 'b', 'c'].map(debug).join('') + error('d') + ['e', 'f', 'g'].map(debug).join(''))

    assert.deepEqual([messages(target.lines), handler.stats.dropped], [['b', 'c', 'd'], { overwritten: 2 }])
    await ended(handler)
    assertBalanced(handler.stats)
  })

  it('keeps its records through a flush, and hands them over when it is told to', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 2, target, onFull: 'drop-oldest' })

    handler.write(debug('a') + debug('b') + debug('c'))
    await new Promise((resolve) => handler.flush(resolve))
    handler.flushSync()
    const before = [...target.lines]
    handler.command('flush')

    assert.deepEqual([before, messages(target.lines)], [[], ['b', 'c']])
    await ended(handler)
  })

  it('hands over an error that is larger than maxBytes, and drops other records of that size', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 10, target, onFull: 'drop-oldest', maxBytes: 300 })
    const long = 'x'.repeat(300)

    handler.write(debug('a') + debug(long) + debug('b') + error(long))

    assert.deepEqual([messages(target.lines), handler.stats.dropped], [['a', 'b', long], { overwritten: 1 }])
    await ended(handler)
    assertBalanced(handler.stats)
  })

  it('hands over more at once than the queue of its target holds', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 10_000, target, onFull: 'drop-oldest', maxQueueBytes: 100_000 })
    const lines = [debug('x'.repeat(80_000)), ...Array.from({ length: 5000 }, (_, n) => debug(String(n)))]

    handler.write(lines.join('') + error('now'))

    assert.deepEqual(target.lines, [...lines, error('now')])
    await ended(handler)
    assertBalanced(handler.stats)
  })

  it('never holds more than maxBytes of a million records, and has exactly the last of them', async () => {
    const target = listTarget()
    const maxBytes = 1_000_000
    const handler = memory({ capacity: 1e6, target, onFull: 'drop-oldest', maxBytes })
    const text = (n: number): string =>
      `{"level":20,"time":1508025600123,"msg":"${String(n).padStart(7, '0')} naïve €"}\n`
    const size = Buffer.byteLength(text(0))

    const held = new Set<number>()
    for (let n = 0; n < 1e6; n += 1000) {
      handler.write(Array.from({ length: 1000 }, (_, index) => text(n + index)).join(''))
      held.add(handler.stats.queued * size)
    }
    handler.write(error('now'))

    const fitting = Math.floor(maxBytes / size)
    const expected = Array.from({ length: fitting }, (_, index) => text(1e6 - fitting + index))
    assert.deepEqual([Math.max(...held), target.lines], [fitting * size, [...expected, error('now')]])
    await ended(handler)
    assertBalanced(handler.stats)
  })

  it('holds and gives out what it should, whatever comes', async () => {
    for (const seed of [1, 2, 3, 4]) {
      const target = listTarget()
      const limits = { capacity: 900, maxBytes: 150_000 * seed }
      const handler = memory({ ...limits, target, onFull: 'drop-oldest' })
      const random = numbers(seed)
      const expected: string[] = []
      let held: string[] = []

      for (let n = 0; n < 4000; ) {
        let chunk = ''
        for (let count = random(40); count >= 0; count--, n++) {
          const level = random(500) === 0 ? 50 : 20
          const text = line(`${n} ${'äx'.repeat(random(seed * 400))}`, { level })
          chunk += text
          held.push(text)
          if (level === 50) expected.push(...held.splice(0))
          else held = fitting(held, limits.capacity, limits.maxBytes)
        }
        handler.write(chunk)
      }
      handler.command('flush')

      assert.deepEqual(target.lines, [...expected, ...held])
      await ended(handler)
      assertBalanced(handler.stats)
    }
  })
})

/** The last of `lines` that a buffer may hold. */
function fitting(lines: readonly string[], capacity: number, maxBytes: number): string[] {
  const kept = lines.slice(-capacity)
  let bytes = kept.reduce((sum, each) => sum + Buffer.byteLength(each), 0)
  while (bytes > maxBytes) bytes -= Buffer.byteLength(kept.shift() ?? '')
  return kept
}

/** Numbers below a limit that look random but are the same each time. */
function numbers(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >> 8) % limit
  }
}
