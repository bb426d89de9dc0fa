// How a batch stands in a segment: mark, checksum of all that follows, lengths, count, id, lines.

import { crc32 } from 'node:zlib'
import type { QueueBatch } from '../queue.js'

/** What each segment begins with. */
export const HEADER: Buffer = Buffer.from('pino-handlers queue 1\n')

// No text in UTF-8 has one of these bytes, so that a frame can be found behind one that is broken.
const MARK = Buffer.from([0xff, 0xfe, 0xfd, 0xff])

const CHECKSUM_AT = 4
const LENGTH_AT = 8
const COUNT_AT = 12
const ID_LENGTH_AT = 16

/** Bytes of a frame before its id. */
export const FRAME_HEAD = 18

/** The last frame of a segment that its writer has finished: one without a batch. */
export const END: Buffer = encode({ id: '', data: '', count: 0 }, FRAME_HEAD)

/** What stands at a place in a segment. */
export type Frame =
  | { readonly kind: 'batch'; readonly batch: QueueBatch; readonly size: number }
  | { readonly kind: 'end'; readonly size: number }
  /** It goes on behind the bytes that were given: it needs this many. */
  | { readonly kind: 'cut'; readonly size: number }
  | { readonly kind: 'broken' }

/** Bytes of the frame of a batch. */
export function frameSize({ id, data }: QueueBatch): number {
  return FRAME_HEAD + Buffer.byteLength(id) + Buffer.byteLength(data)
}

/** The frames of batches, one behind the other; `sizes` are those of {@link frameSize}. */
export function encodeFrames(batches: readonly QueueBatch[], sizes: readonly number[]): Buffer {
  return Buffer.concat(batches.map((batch, index) => encode(batch, sizes[index] ?? 0)))
}

/** The frame that begins at `at`. */
export function decodeFrame(bytes: Buffer, at: number): Frame {
  const head = bytes.subarray(at, at + FRAME_HEAD)
  const mark = head.subarray(0, MARK.length)
  if (!mark.equals(MARK.subarray(0, mark.length))) return { kind: 'broken' }
  if (head.length < FRAME_HEAD) return { kind: 'cut', size: FRAME_HEAD }
  const size = FRAME_HEAD + head.readUInt32LE(LENGTH_AT)
  if (at + size > bytes.length) return { kind: 'cut', size }
  const frame = bytes.subarray(at, at + size)
  if (crc32(frame.subarray(LENGTH_AT)) !== head.readUInt32LE(CHECKSUM_AT)) return { kind: 'broken' }
  if (size === FRAME_HEAD) return { kind: 'end', size }
  const dataAt = FRAME_HEAD + head.readUInt16LE(ID_LENGTH_AT)
  const batch = {
    id: frame.toString('utf8', FRAME_HEAD, dataAt),
    data: frame.toString('utf8', dataAt),
    count: head.readUInt32LE(COUNT_AT),
  }
  return { kind: 'batch', batch, size }
}

/** Where the next mark is, which may begin a frame; -1 when there is none. */
export function nextMark(bytes: Buffer): number {
  return bytes.indexOf(MARK)
}

function encode({ id, data, count }: QueueBatch, size: number): Buffer {
  const frame = Buffer.allocUnsafe(size)
  MARK.copy(frame)
  frame.writeUInt32LE(size - FRAME_HEAD, LENGTH_AT)
  frame.writeUInt32LE(count, COUNT_AT)
  const idLength = frame.write(id, FRAME_HEAD)
  frame.writeUInt16LE(idLength, ID_LENGTH_AT)
  frame.write(data, FRAME_HEAD + idLength)
  frame.writeUInt32LE(crc32(frame.subarray(LENGTH_AT)), CHECKSUM_AT)
  return frame
}
