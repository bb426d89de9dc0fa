// A segment that is being read.

import { closeSync, fstatSync, openSync } from 'node:fs'
import { removeSync } from '../../rotation/rename.js'
import type { QueueBatch } from '../queue.js'
import { findFrame, keepAside } from './broken-segment.js'
import { CHUNK, readChunk } from './chunk.js'
import { decodeFrame, HEADER } from './frame.js'
import { Position } from './position.js'
import { claim, positionPath, removedPath, type Segment } from './segment-name.js'

/** A batch that was taken and is not acknowledged. */
export interface Place {
  readonly segment: SegmentReader
  /** Where the batch ends. */
  readonly end: number
  isDone: boolean
}

/** A batch and its place. */
export interface Taken {
  readonly batch: QueueBatch
  readonly place: Place
}

/** The file of a segment on its way out. What is broken in it is told by `report`, kept aside, and skipped. */
export class SegmentReader {
  readonly #report: (text: string) => void
  readonly #position: Position
  readonly #fd: number
  #segment: Segment
  // Up to here it was read, and up to here acknowledged; 0 is before the header.
  #offset: number
  #acknowledged: number
  #places: Place[] = []
  #isEnded = false
  #isForeign = false
  #isClosed = false
  // The size at which no whole frame was found behind a broken one.
  #searched = 0

  /** Opens the file; throws when it cannot. */
  constructor(segment: Segment, report: (text: string) => void) {
    this.#segment = segment
    this.#report = report
    this.#position = new Position(positionPath(segment.stem))
    this.#fd = openSync(segment.path, 'r')
    const position = this.#position.read()
    this.#offset = position <= fstatSync(this.#fd).size ? position : 0
    this.#acknowledged = this.#offset
  }

  get stem(): string {
    return this.#segment.stem
  }

  /** It is no segment of ours, and is left alone. */
  get isForeign(): boolean {
    return this.#isForeign
  }

  /** Nothing more is to be read from it. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  /** What was taken is acknowledged. */
  get isSettled(): boolean {
    return this.#places.length === 0
  }

  /** Seconds since it was last written to. */
  get age(): number {
    return (Date.now() - fstatSync(this.#fd).mtimeMs) / 1000
  }

  /** Makes the position file, which says that its reading has begun, or writes it anew. */
  save(): void {
    this.#position.write(this.#acknowledged)
  }

  /** The next batches, of about `maxBytes` together, at least one if there is any. `isOver` says that no more will come. */
  take(maxBytes: number, isOver: boolean): Taken[] {
    const taken: Taken[] = []
    while (taken.length === 0 && !this.#isEnded) {
      const { size } = fstatSync(this.#fd)
      if (this.#offset === 0 && !this.#takeHeader(size, isOver)) break
      const offset = this.#offset
      const isBroken = this.#takeFrames(Math.min(maxBytes, CHUNK), size, taken)
      if (this.#offset === offset && !this.#isEnded && !this.#skip(size, isBroken, isOver)) break
    }
    return taken
  }

  /** Remembers what is acknowledged up to the first batch that is not. */
  settle(): void {
    const open = this.#places.findIndex(({ isDone }) => !isDone)
    const done = this.#places.splice(0, open === -1 ? this.#places.length : open)
    const last = done.at(-1)
    if (!last) return
    this.#acknowledged = last.end
    this.save()
  }

  /** Takes it from its writer; false when it is gone. */
  claim(): boolean {
    const claimed = claim(this.#segment)
    this.#segment = claimed ?? this.#segment
    return claimed !== undefined
  }

  close(): void {
    if (!this.#isClosed) closeSync(this.#fd)
    this.#isClosed = true
    this.#position.close()
  }

  /** Closes it, and does away with its position. */
  leave(): void {
    this.close()
    this.#position.remove()
  }

  /** Removes the file; last of all its position, without which it would be read again. */
  remove(): void {
    this.close()
    // Its writer may have it open, and not know yet that it was taken away.
    removeSync(this.#segment.path, removedPath(this.stem))
    this.#position.remove()
  }

  // False when it cannot be read on.
  #takeHeader(size: number, isOver: boolean): boolean {
    const header = readChunk(this.#fd, 0, HEADER.length)
    if (!header.equals(HEADER.subarray(0, header.length))) {
      this.#isForeign = true
      this.#report(`'${this.#segment.path}' is not a segment that this version can read; it is left alone`)
      return false
    }
    if (header.length === HEADER.length) {
      this.#offset = HEADER.length
      return true
    }
    if (isOver) this.#endTorn(size)
    return false
  }

  // Returns whether it came to what is no frame.
  #takeFrames(maxBytes: number, size: number, taken: Taken[]): boolean {
    let bytes = readChunk(this.#fd, this.#offset, maxBytes)
    for (let at = 0; at < bytes.length; ) {
      const frame = decodeFrame(bytes, at)
      if (frame.kind === 'broken') return true
      if (frame.kind === 'cut') {
        // A frame that is larger than the chunk is read whole.
        if (at > 0 || this.#offset + frame.size > size) return false
        bytes = readChunk(this.#fd, this.#offset, frame.size)
        if (bytes.length < frame.size) return false
        continue
      }
      at += frame.size
      this.#offset += frame.size
      if (frame.kind === 'end') {
        this.#isEnded = true
        return false
      }
      const place = { segment: this, end: this.#offset, isDone: false }
      this.#places.push(place)
      taken.push({ batch: frame.batch, place })
    }
    return false
  }

  // Goes on to the next whole frame. If there is none, it is the end, or more has to come of a frame that is written now.
  #skip(size: number, isBroken: boolean, isOver: boolean): boolean {
    const rest = size - this.#offset
    if (rest === 0) {
      this.#isEnded = isOver
      return false
    }
    if (!isOver && this.#searched === size) return false
    this.#searched = size
    const next = findFrame(this.#fd, this.#offset + 1, size)
    if (next === undefined) {
      if (!isOver) return false
      if (isBroken) this.#tellBroken(rest)
      else this.#endTorn(rest)
      this.#isEnded = true
      return false
    }
    this.#tellBroken(next - this.#offset)
    this.#offset = next
    return true
  }

  #endTorn(rest: number): void {
    this.#isEnded = true
    if (rest === 0) return
    this.#report(
      `the last ${rest} bytes of '${this.#segment.path}' are not whole: its writer ended while it wrote them`,
    )
  }

  #tellBroken(bytes: number): void {
    const text = `${bytes} bytes at ${this.#offset} of '${this.#segment.path}' do not match their checksum and are skipped`
    this.#report(`${text}; ${keepAside(this.#segment)}`)
  }
}
