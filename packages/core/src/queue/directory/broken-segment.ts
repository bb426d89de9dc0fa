// What to do where a segment does not match its checksums.

import { constants, copyFileSync, linkSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { toError } from '../../errors.js'
import { CHUNK, readChunk } from './chunk.js'
import { decodeFrame, FRAME_HEAD, nextMark } from './frame.js'
import { corruptPath, type Segment } from './segment-name.js'

/** Where the next whole frame begins, from `start` on; undefined when there is none in the `size` bytes of the file. */
export function findFrame(fd: number, start: number, size: number): number | undefined {
  for (let from = start; from + FRAME_HEAD <= size; ) {
    const bytes = readChunk(fd, from, Math.min(CHUNK, size - from))
    const mark = nextMark(bytes)
    if (mark === -1) {
      // A mark may begin in the last bytes.
      from += Math.max(1, bytes.length - FRAME_HEAD)
    } else {
      from += mark
      if (isFrame(fd, from, size)) return from
      from++
    }
  }
  return undefined
}

/**
 * Keeps a broken file under another name, and says so. At once, since whoever reads on from the position does not come
 * here again.
 */
export function keepAside(segment: Segment): string {
  const path = corruptPath(segment.stem)
  try {
    if (!statSync(path, { throwIfNoEntry: false })) linkOrCopy(segment.path, path)
    return `the file is kept as '${basename(path)}'`
  } catch (error) {
    return `the file cannot be kept: ${toError(error).message}`
  }
}

function isFrame(fd: number, at: number, size: number): boolean {
  const head = decodeFrame(readChunk(fd, at, FRAME_HEAD), 0)
  if (head.kind !== 'cut') return head.kind === 'end'
  return at + head.size <= size && decodeFrame(readChunk(fd, at, head.size), 0).kind === 'batch'
}

// Not every file system has links.
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to, constants.COPYFILE_EXCL)
  }
}
