// Making room in a directory that is full.

import { existsSync, statSync } from 'node:fs'
import { CHUNK } from './chunk.js'
import { exclusively, readerOf } from './reader-lock.js'
import { listSegments, positionPath, type Segment } from './segment-name.js'
import { SegmentReader } from './segment-reader.js'

/** What was dropped. */
export interface Dropped {
  readonly bytes: number
  /** Records that nobody has acknowledged. */
  readonly count: number
}

/**
 * Removes the oldest segments of a directory until `bytes` are free, but none that a live reader has begun, nor `own`, to
 * which the caller writes.
 */
export function dropOldest(
  folder: string,
  bytes: number,
  own: string | undefined,
  report: (text: string) => void,
): Dropped {
  let [freed, lost] = [0, 0]
  exclusively(folder, () => {
    const isRead = readerOf(folder) !== undefined
    for (const segment of listSegments(folder).segments) {
      if (freed >= bytes) break
      if (segment.stem === own || (isRead && existsSync(positionPath(segment.stem)))) continue
      const size = statSync(segment.path, { throwIfNoEntry: false })?.size
      const count = size === undefined ? undefined : drop(segment, report)
      if (size === undefined || count === undefined) continue
      freed += size
      lost += count
    }
  })
  return { bytes: freed, count: lost }
}

// Counted when its writer cannot add to it any more; undefined when it is left where it is.
function drop(segment: Segment, report: (text: string) => void): number | undefined {
  const reader = new SegmentReader(segment, report)
  let count = countRest(reader, false)
  if (reader.isForeign || !reader.claim()) {
    reader.close()
    return undefined
  }
  count += countRest(reader, true)
  reader.remove()
  return count
}

function countRest(reader: SegmentReader, isOver: boolean): number {
  let count = 0
  for (;;) {
    const taken = reader.take(CHUNK, isOver)
    if (taken.length === 0) return count
    for (const { batch } of taken) count += batch.count
  }
}
