// The bounded queue between a handler and something slow.

import { type Parcel, parcelOf } from './parcel.js'

/** Holds records in order, up to a number of bytes; the oldest make room for the newest. */
export class Outbox {
  readonly #maxBytes: number
  readonly #keepsTimes: boolean
  #entries: string[] = []
  // When the records were made, which their entries may not say.
  #times: (number | undefined)[] = []
  #first = 0
  #bytes = 0

  /** @param keepsTimes for a destination to which the time of a record matters, which costs a look at each */
  constructor(maxBytes: number, keepsTimes = false) {
    this.#maxBytes = maxBytes
    this.#keepsTimes = keepsTimes
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
    for (const [index, entry] of parcel.entries.entries()) {
      const bytes = Buffer.byteLength(entry)
      if (bytes > this.#maxBytes) {
        dropped++
        continue
      }
      this.#entries.push(entry)
      if (this.#keepsTimes) this.#times.push(parcel.timeAt(index))
      this.#bytes += bytes
      for (; this.#bytes > this.#maxBytes; dropped++) this.#dropOldest()
    }
    if (this.#first > 1024 && this.#first * 2 > this.#entries.length) this.#forgetTaken()
    return dropped
  }

  /** Puts records back where they were taken from; they are within the limit, or were never queued. */
  putBack(parcel: Parcel): void {
    this.#forgetTaken()
    this.#entries = [...parcel.entries, ...this.#entries]
    if (this.#keepsTimes) this.#times = [...parcel.entries.map((_, index) => parcel.timeAt(index)), ...this.#times]
    this.#bytes = this.#entries.reduce((sum, entry) => sum + Buffer.byteLength(entry), 0)
  }

  /** Takes out all that it holds. */
  take(): Parcel {
    this.#forgetTaken()
    const [entries, times] = [this.#entries, this.#times]
    this.#entries = []
    this.#times = []
    this.#bytes = 0
    if (!this.#keepsTimes) return parcelOf(entries)
    return parcelOf(entries, 0, entries.length, { parcel: { timeAt: (index) => times[index] }, first: 0 })
  }

  // Its place stays for a while, its text does not.
  #dropOldest(): void {
    this.#bytes -= Buffer.byteLength(this.#entries[this.#first] ?? '')
    this.#entries[this.#first++] = ''
  }

  #forgetTaken(): void {
    this.#entries.splice(0, this.#first)
    this.#times.splice(0, this.#first)
    this.#first = 0
  }
}
