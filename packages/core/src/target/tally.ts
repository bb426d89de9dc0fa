// What was written to a stream, and what of it the stream has taken.

import { cutAfter, cutBytes, type Parcel } from '../parcel.js'
import type { StreamParts, TargetStream } from './target-stream.js'

/**
 * Counts the records that a stream has taken: those that it has called back for, less what a pino-abstract-transport has
 * in front of its reader; of a SonicBoom, those that it has written.
 */
export class Tally {
  readonly #stream: TargetStream & Partial<StreamParts>
  // What was written and is not known to be taken.
  #parcels: Parcel[] = []
  // Records of the first of these that have been taken.
  #gone = 0
  #count = 0
  // Records of each write that the stream has not called back for.
  #underway: number[] = []
  // Records that it has called back for and that are not known to be taken.
  #calledBack = 0

  constructor(stream: TargetStream & Partial<StreamParts>) {
    this.#stream = stream
  }

  /** How many records were written and are not known to be taken. */
  get count(): number {
    return this.#count
  }

  /** These records, in order. */
  get parcels(): readonly Parcel[] {
    const [first, ...more] = this.#parcels
    if (!first || this.#gone === 0) return this.#parcels
    const { rest } = cutAfter(first, this.#gone)
    return rest ? [rest, ...more] : more
  }

  /** Records that a transport has in front of its reader. */
  get unread(): number {
    return this.#stream.readableObjectMode ? (this.#stream.readableLength ?? 0) : 0
  }

  add(parcel: Parcel): void {
    this.#parcels.push(parcel)
    this.#count += parcel.count
  }

  /** Some of the records added are being written, by one write. */
  wrote(count: number): void {
    this.#underway.push(count)
  }

  /** The stream is done with the first write that is under way. */
  calledBack(): void {
    this.#calledBack += this.#underway.shift() ?? 0
  }

  /** The stream is done with all of them, and has yet to call back. */
  calledBackAll(): void {
    for (const count of this.#underway) this.#calledBack += count
    this.#underway.fill(0)
  }

  /** Strikes out what has been taken; returns how many records. */
  settle(): number {
    const unwritten = this.#stream._len ?? 0
    const done = unwritten > 0 ? this.#countBefore(unwritten) : this.#calledBack - this.unread
    const taken = Math.max(0, Math.min(done, this.#count))
    this.#calledBack -= taken
    this.#count -= taken
    this.#gone += taken
    for (let [first] = this.#parcels; first && this.#gone >= first.count; [first] = this.#parcels) {
      this.#gone -= first.count
      this.#parcels.shift()
    }
    return taken
  }

  // How many of the first records there are without the last `bytes` bytes of all.
  #countBefore(bytes: number): number {
    let held = bytes
    let count = this.#count + this.#gone
    for (const { parcel, size } of sized(this.#parcels)) {
      if (held <= 0) break
      const fits = held < size ? cutBytes(parcel, size - held + 1, Buffer.byteLength, true).head.count : 0
      count -= parcel.count - fits
      held -= size
    }
    return count - this.#gone
  }
}

// The last one first.
function* sized(parcels: readonly Parcel[]): Iterable<{ parcel: Parcel; size: number }> {
  for (const parcel of [...parcels].reverse()) yield { parcel, size: Buffer.byteLength(parcel.text) }
}
