// The bounded queue between a handler and something slow.

import { type Parcel, parcelOf } from './parcel.js'

/** Holds records in order, up to a number of bytes; the oldest make room for the newest. */
export class Outbox {
  readonly #maxBytes: number
  #entries: string[] = []
  #first = 0
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** How many records it holds. */
  get count(): number {
    return this.#entries.length - this.#first
  }

  /** How many bytes of UTF-8 they are. */
  get bytes(): number {
    return this.#bytes
  }

  /** Adds the records of `parcel` and returns how many had to go: the oldest, or one that is larger than the limit itself. */
  push(parcel: Parcel): number {
    let dropped = 0
    for (const entry of parcel.entries) {
      const bytes = Buffer.byteLength(entry)
      if (bytes > this.#maxBytes) {
        dropped++
        continue
      }
      this.#entries.push(entry)
      this.#bytes += bytes
      for (; this.#bytes > this.#maxBytes; dropped++) this.#dropOldest()
    }
    if (this.#first > 1024 && this.#first * 2 > this.#entries.length) this.#forgetTaken()
    return dropped
  }

  /** Puts records back where they were taken from; they are within the limit, or were never queued. */
  putBack(parcel: Parcel): void {
    const { entries } = this.take()
    this.#entries = [...parcel.entries, ...entries]
    this.#bytes = this.#entries.reduce((sum, entry) => sum + Buffer.byteLength(entry), 0)
  }

  /** Takes out all that it holds. */
  take(): Parcel {
    this.#forgetTaken()
    const entries = this.#entries
    this.#entries = []
    this.#bytes = 0
    return parcelOf(entries)
  }

  // Its place stays for a while, its text does not.
  #dropOldest(): void {
    this.#bytes -= Buffer.byteLength(this.#entries[this.#first] ?? '')
    this.#entries[this.#first++] = ''
  }

  #forgetTaken(): void {
    this.#entries.splice(0, this.#first)
    this.#first = 0
  }
}
