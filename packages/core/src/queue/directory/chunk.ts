// Reading a file in pieces.

import { readSync } from 'node:fs'

/** Bytes that are read at a time; only a frame that is larger is read whole. */
export const CHUNK: number = 2 ** 20

// One for the thread: whoever reads is done with a piece before anyone reads the next.
let shared: Buffer | undefined

/** What the file has at `position`, up to `length` bytes; only good until the next call. */
export function readChunk(fd: number, position: number, length: number): Buffer {
  shared ??= Buffer.allocUnsafeSlow(CHUNK)
  const room = length <= CHUNK ? shared.subarray(0, length) : Buffer.allocUnsafe(length)
  return room.subarray(0, readSync(fd, room, 0, length, position))
}
