// A segment that is being written.

import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { toError } from '../../errors.js'
import { END, HEADER } from './frame.js'

/** What has become of frames. */
export interface Appended {
  /** How many of them, from the first, are in the segment. */
  readonly count: number
  /** Why the others are not. */
  readonly error: Error | undefined
}

const datasync = promisify(fdatasync)

/** The file of a segment, which is made with its first frames. Whatever fails, there are only whole frames in it. */
export class SegmentWriter {
  readonly stem: string
  readonly #path: string
  readonly #fd: number
  #size = 0
  // Bytes that the last write has left in the file.
  #lastWrite = 0
  #over = false
  #dirty = false
  #isListed = false

  /** Makes the file; throws when it cannot. */
  constructor(stem: string) {
    this.stem = stem
    this.#path = `${stem}.segment`
    this.#fd = openSync(this.#path, 'ax')
  }

  /** In bytes. */
  get size(): number {
    return this.#size
  }

  /** Nothing more can be written to it. */
  get isOver(): boolean {
    return this.#over
  }

  /** Not all of it is on the disk for certain. */
  get isDirty(): boolean {
    return this.#dirty
  }

  /** Writes frames, of which each ends at one of `ends`. None is in the segment when that was taken from this writer. */
  append(frames: Buffer, ends: readonly number[]): Appended {
    const head = this.#size === 0 ? HEADER.length : 0
    const error = this.#write(head > 0 ? Buffer.concat([HEADER, frames]) : frames, [
      0,
      ...ends.map((end) => head + end),
    ])
    if (this.#size === 0) {
      this.#leave()
      rmSync(this.#path, { force: true })
    }
    // The name is taken from a writer that seems to be gone, see claim(); what was written meanwhile may not be read.
    const isOurs = statSync(this.#path, { throwIfNoEntry: false }) !== undefined
    if (!isOurs) this.#leave()
    return { count: isOurs ? ends.filter((end) => head + end <= this.#lastWrite).length : 0, error }
  }

  /** Resolves when all is on the disk. */
  async sync(): Promise<void> {
    if (!this.#dirty) return
    await datasync(this.#fd)
    this.#synced()
  }

  /** The same at once. */
  syncNow(): void {
    if (!this.#dirty) return
    fdatasyncSync(this.#fd)
    this.#synced()
  }

  /** Says in the file that nothing more comes, and closes it; returns how many bytes that took. Where that has no room, the reader finds out later. */
  end(): number {
    if (this.#over) return 0
    this.#write(END, [0, END.length])
    this.#leave()
    return this.#lastWrite
  }

  // Returns why it is not all there; then what is there was cut off at the last of `ends`.
  #write(bytes: Buffer, ends: readonly number[]): Error | undefined {
    let written = 0
    try {
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written)
    } catch (error) {
      this.#cut(written, ends)
      return toError(error)
    }
    this.#grow(written)
    return undefined
  }

  // A whole frame stays, since a reader may have it already.
  #cut(written: number, ends: readonly number[]): void {
    const whole = Math.max(...ends.filter((end) => end <= written))
    try {
      if (written > whole) ftruncateSync(this.#fd, this.#size + whole)
    } catch {
      // The reader finds the torn frame by its checksum, but what follows it has to be in another file.
      this.#leave()
    }
    this.#grow(whole)
  }

  #grow(by: number): void {
    this.#lastWrite = by
    this.#size += by
    this.#dirty ||= by > 0
  }

  #synced(): void {
    this.#dirty = false
    if (this.#isListed) return
    this.#isListed = true
    syncFolder(dirname(this.#path))
  }

  #leave(): void {
    if (!this.#over) closeSync(this.#fd)
    this.#over = true
  }
}

// A new file is safe only when its entry in the folder is. Windows has no such thing.
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
