import assert from 'node:assert/strict'
import { closeSync, cpSync, openSync, readdirSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { batch, batches, bury, endings, idsOf, NEVER, observe, paths, takeAll } from './queue-directory-kit.js'

// Each frame of a batch with one digit and 100 bytes of text.
const FRAME = 119
const HEADER = 22
// Mark, checksum, lengths, count, id.
const FRAME_HEAD = 19

/** A directory with a segment of five frames, at its end or left by a process that is dead. */
function fiveBatches(t: TestContext, end: 'closed' | 'dead' | 'alive'): string {
  const path = tempDir(t)
  const { queue } = observe(t, { path })
  queue.put(batches(0, 5), NEVER)
  if (end === 'closed') queue.close(NEVER)
  if (end === 'dead') bury(path)
  return path
}

/** Changes bytes of the only segment. */
function damage(path: string, at: number, bytes: readonly number[]): void {
  const [segment = ''] = paths(path, 'segment')
  const fd = openSync(segment, 'r+')
  writeSync(fd, Uint8Array.from(bytes), 0, bytes.length, at)
  closeSync(fd)
}

/** Takes all there is from a copy of `path` that was changed; returns what was taken and told, and what is left. */
function outcomeOf(t: TestContext, path: string, change: (copy: string) => void): [number[], string[], string[]] {
  const copy = tempDir(t)
  cpSync(path, copy, { recursive: true })
  change(copy)
  const reader = observe(t, { path: copy })
  const ids = idsOf(takeAll(reader))
  reader.queue.close(NEVER)
  return [ids, reader.told, endings(copy)]
}

describe('directoryQueue with damaged segments', () => {
  it('skips a frame that is broken, tells how many bytes, and keeps the file aside', (t) => {
    const path = fiveBatches(t, 'closed')
    damage(path, HEADER + 2 * FRAME + 50, [0])
    const [segment = ''] = paths(path, 'segment')
    const content = readFileSync(segment, 'utf8')
    const reader = observe(t, { path })

    const ids = idsOf(takeAll(reader))
    reader.queue.close(NEVER)

    const kept = basename(segment).replace('.segment', '.corrupt')
    assert.deepEqual(
      [ids, reader.told, files(path)],
      [
        [0, 1, 3, 4],
        [
          `directory queue '': ${FRAME} bytes at ${HEADER + 2 * FRAME} of 'SEGMENT.segment' do not match their checksum and are skipped; the file is kept as 'SEGMENT.corrupt'`,
        ],
        { [kept]: content },
      ],
    )
  })

  it('loses one frame and no other, whichever byte of its head is broken', (t) => {
    const path = fiveBatches(t, 'closed')
    const [segment = ''] = paths(path, 'segment')
    const content = readFileSync(segment)

    const outcomes = Array.from({ length: FRAME_HEAD }, (_, at) => {
      const [ids, told, left] = outcomeOf(t, path, (copy) => {
        const place = HEADER + FRAME + at
        damage(copy, place, [(content[place] ?? 0) ^ 0xff])
      })
      return JSON.stringify([ids, told.length, left])
    })

    assert.deepEqual(new Set(outcomes), new Set([JSON.stringify([[0, 2, 3, 4], 1, ['corrupt']])]))
  })

  it('reads on behind a broken frame while its writer lives', (t) => {
    const path = tempDir(t)
    const { queue, told } = observe(t, { path })
    queue.put(batches(0, 5), NEVER)
    damage(path, HEADER + 4 * FRAME + 30, [0])

    const taken = [5, 6].map((n) => {
      const before = takeAll({ queue, told, lost: [] })
      queue.put([batch(n)], NEVER)
      return idsOf(before)
    })
    const rest = idsOf(takeAll({ queue, told, lost: [] }))

    assert.deepEqual([taken, rest, told.length], [[[0, 1, 2, 3], [5]], [6], 1])
  })

  it('waits for the rest of a frame while its writer lives', (t) => {
    const path = fiveBatches(t, 'alive')
    const [segment = ''] = paths(path, 'segment')
    const content = readFileSync(segment)
    truncateSync(segment, content.length - 10)
    const reader = observe(t, { path })

    const first = idsOf(takeAll(reader))
    writeFileSync(segment, content)
    const second = idsOf(takeAll(reader))

    assert.deepEqual([first, second, reader.told], [[0, 1, 2, 3], [4], []])
  })

  it('gives out all whole frames of a writer that is dead, wherever its last write broke off', (t) => {
    const path = fiveBatches(t, 'dead')
    const whole = HEADER + FRAME + 30

    const outcomes = Array.from({ length: whole + 1 }, (_, size) => {
      const [ids, told, left] = outcomeOf(t, path, (copy) => truncateSync(paths(copy, 'segment')[0] ?? '', size))
      const frames = Math.max(0, Math.floor((size - HEADER) / FRAME))
      const torn = size < HEADER ? size : size - HEADER - frames * FRAME
      const isRight = [ids, told, left].every((each, index) => {
        const text = `directory queue '': the last ${torn} bytes of 'SEGMENT.claimed' are not whole: its writer ended while it wrote them`
        const expected = [idsOf(batches(0, frames)), torn > 0 ? [text] : [], []][index]
        return JSON.stringify(each) === JSON.stringify(expected)
      })
      return isRight || [size, ids, told, left]
    })

    assert.deepEqual(new Set(outcomes), new Set([true]))
  })

  it('tells of files that are no segments of its own once, and leaves them alone', (t) => {
    const path = fiveBatches(t, 'closed')
    const [segment = ''] = paths(path, 'segment')
    const foreign = {
      [basename(segment).replace(/^\d/, '1')]: 'pino-handlers queue 2\nand what there is in it',
      'notes.segment': 'notes',
      'README.md': 'nothing',
    }
    for (const [name, text] of Object.entries(foreign)) writeFileSync(join(path, name), text)
    const reader = observe(t, { path })

    const ids = idsOf([...takeAll(reader), ...takeAll(reader)])
    reader.queue.close(NEVER)

    assert.deepEqual(
      [ids, reader.told, files(path)],
      [
        [0, 1, 2, 3, 4],
        [
          "directory queue '': 'notes.segment' is not named as a segment of this queue; it is left alone",
          "directory queue '': 'SEGMENT.segment' is not a segment that this version can read; it is left alone",
        ],
        foreign,
      ],
    )
  })

  it('finds what is whole behind a megabyte of zeros', (t) => {
    const path = fiveBatches(t, 'closed')
    const [segment = ''] = paths(path, 'segment')
    const content = readFileSync(segment)
    const frames = content.subarray(HEADER)
    writeFileSync(segment, Buffer.concat([content.subarray(0, HEADER + FRAME), Buffer.alloc(2_345_678), frames]))
    const reader = observe(t, { path })

    const ids = idsOf(takeAll(reader))

    assert.deepEqual([ids, reader.told.length, readdirSync(path).length], [[0, 0, 1, 2, 3, 4], 1, 2])
  })
})
