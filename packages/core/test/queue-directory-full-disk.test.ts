import assert from 'node:assert/strict'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { describe, it, type TestContext } from 'node:test'
import { onSmallFileSystem } from '../../../test/support/small-file-system.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { batch, batches, idsOf, NEVER, observe, paths, takeAll } from './queue-directory-kit.js'

/** Makes writing fail with ENOSPC until the returned function is called, after it has taken `pieces` of bytes. */
function breakWrites(t: TestContext, pieces: readonly number[]): () => void {
  const left = [...pieces]
  const { writeSync } = fs
  const broken = t.mock.method(fs, 'writeSync', (fd: number, data: Uint8Array, offset = 0) => {
    const bytes = left.shift()
    if (bytes !== undefined) return writeSync(fd, data.subarray(offset, offset + bytes))
    throw Object.assign(new Error('ENOSPC: made up, write'), { code: 'ENOSPC' })
  })
  syncBuiltinESMExports()
  return () => {
    broken.mock.restore()
    syncBuiltinESMExports()
  }
}

describe('directoryQueue on a full disk', () => {
  for (const pieces of [[], [1], [22], [22 + 119 - 1], [22 + 119], [22 + 119, 50], [10, 20, 30, 40, 50, 60, 70, 80]]) {
    it(`has only whole frames, and none twice, when a write breaks off after ${pieces.join(' and ') || 0} bytes`, async (t) => {
      const path = tempDir(t)
      const writer = observe(t, { path })
      const reader = observe(t, { path })

      const repair = breakWrites(t, pieces)
      const outcomes = await Promise.allSettled([writer.queue.put(batches(0, 5), NEVER)])
      const isEmpty = paths(path, 'segment').length === 0
      repair()
      const first = idsOf(takeAll(reader))
      await writer.queue.put(batches(0, 5), NEVER)
      await writer.queue.put([batch(5)], NEVER)

      const bytes = pieces.reduce((sum, piece) => sum + piece, 0)
      const whole = Math.max(0, Math.floor((bytes - 22) / 119))
      const [outcome] = outcomes
      assert.deepEqual(
        [outcome.status === 'rejected' && outcome.reason.code, isEmpty, first, idsOf(takeAll(reader)), reader.told],
        ['ENOSPC', whole === 0, idsOf(batches(0, whole)), idsOf(batches(whole, 6)), []],
      )
    })
  }

  it('begins a new segment when what broke off cannot be cut off', async (t) => {
    const path = tempDir(t)
    const writer = observe(t, { path })
    const reader = observe(t, { path })
    writer.queue.put([batch(0)], NEVER)

    const repair = breakWrites(t, [150])
    const cut = t.mock.method(fs, 'ftruncateSync', () => {
      throw new Error('made up')
    })
    syncBuiltinESMExports()
    const [outcome] = await Promise.allSettled([writer.queue.put(batches(1, 4), NEVER)])
    cut.mock.restore()
    repair()
    await writer.queue.put(batches(1, 4), NEVER)

    assert.deepEqual(
      [outcome.status, idsOf(takeAll(reader)), reader.told],
      [
        'rejected',
        [0, 1, 2, 3],
        [
          "directory queue '': the last 31 bytes of 'SEGMENT.segment' are not whole: its writer ended while it wrote them",
        ],
      ],
    )
  })

  it('is emptied by a reader, after which there is room again', async (t) => {
    await onSmallFileSystem(t, '256k', async (path) => {
      const writer = observe(t, { path, segmentBytes: 16_384 })
      const reader = observe(t, { path })
      const all = batches(100, 400, 2000)
      const taken: number[] = []
      let failures = 0

      for (const each of all) {
        for (;;) {
          const [outcome] = await Promise.allSettled([writer.queue.put([each], NEVER)])
          if (outcome.status === 'fulfilled') break
          assert.equal(outcome.reason.code, 'ENOSPC')
          failures++
          taken.push(...idsOf(takeAll(reader)))
        }
      }
      taken.push(...idsOf(takeAll(reader)))
      writer.queue.close(NEVER)
      reader.queue.close(NEVER)

      assert.deepEqual([taken, failures > 1], [idsOf(all), true])
    })
  })
})
