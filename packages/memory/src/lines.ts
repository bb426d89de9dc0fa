// Lines that wait, of any number of buffers, in the order in which they came.

import { ByteRing } from './byte-ring.js'

/** What is known of the lines that belong together. */
export interface Bucket {
  count: number
  bytes: number
  /** Numbers of the oldest and the newest of its lines, if it has any. */
  first: number
  last: number
}

/** Lines that leave together. */
export interface Taken {
  readonly text: string
  readonly count: number
}

const NOTHING: Taken = { text: '', count: 0 }

// Lines to have room for at first.
const ROOM = 1024

// What was taken from between others leaves its place empty until a part of the whole is empty.
const SLACK = 1.25

/** Lines of buckets. There is no object for a line: it would be garbage that the collector leaves lying for long. */
export class Lines {
  readonly #largest: number
  readonly #ring: ByteRing
  #bytes = 0
  // Of each line, at its number modulo their length, a power of two: where it ends, whose it is unless it is gone, and
  // which one of the same bucket is next.
  #ends = new Float64Array(ROOM)
  #owners: (Bucket | undefined)[] = Array(ROOM).fill(undefined)
  #nexts = new Float64Array(ROOM)
  // The number of the oldest line and of the one to come, and the places of the first and behind the last byte.
  #first = 0
  #end = 0
  #head = 0
  #tail = 0

  /** @param maxBytes bytes of lines that are held at most, which is for its user to see to */
  constructor(maxBytes: number) {
    this.#largest = Math.ceil(maxBytes * SLACK)
    this.#ring = new ByteRing(this.#largest)
  }

  /** Bytes of all lines. */
  get bytes(): number {
    return this.#bytes
  }

  /** Adds a line, which is so many bytes of UTF-8, to a bucket. */
  add(line: string, bytes: number, bucket: Bucket): void {
    this.#makeRoom(bytes)
    this.#ring.write(line, bytes, this.#tail)
    this.#tail += bytes
    this.#bytes += bytes
    this.#put(this.#end++, this.#tail, bucket)
    bucket.count++
    bucket.bytes += bytes
  }

  /** Takes out all lines of a bucket. */
  take(bucket: Bucket): Taken {
    if (bucket.count === this.#end - this.#first) return this.takeAll()
    const memory = Buffer.allocUnsafe(bucket.bytes)
    let at = 0
    const count = this.#removeAll(bucket, (start, bytes) => {
      this.#ring.copyTo(memory, at, start, bytes)
      at += bytes
    })
    return { text: memory.toString(), count }
  }

  /** Takes out all lines of all buckets, in the order in which they came. */
  takeAll(): Taken {
    if (this.#bytes === 0) return NOTHING
    this.#compact()
    const text = this.#ring.read(this.#head, this.#bytes)
    return { text, count: this.dropAll() }
  }

  /** Drops all lines of a bucket; returns how many. */
  drop(bucket: Bucket): number {
    return this.#removeAll(bucket, () => {})
  }

  /** Drops the oldest line of a bucket that has one. */
  dropFirst(bucket: Bucket): void {
    this.#remove(bucket.first, bucket)
    this.#advance()
  }

  /** Drops the oldest line of all, if there is one. */
  dropOldest(): void {
    const bucket = this.#owners[this.#at(this.#first)]
    if (bucket) this.dropFirst(bucket)
  }

  /** Drops all lines; returns how many. */
  dropAll(): number {
    let count = 0
    for (let line = this.#first; line < this.#end; line++) {
      const bucket = this.#owners[this.#at(line)]
      if (!bucket) continue
      this.#remove(line, bucket)
      count++
    }
    this.#advance()
    return count
  }

  #at(line: number): number {
    return line & (this.#ends.length - 1)
  }

  #endOf(line: number): number {
    return this.#ends[this.#at(line)] ?? 0
  }

  #startOf(line: number): number {
    return line === this.#first ? this.#head : this.#endOf(line - 1)
  }

  #put(line: number, end: number, bucket: Bucket): void {
    const at = this.#at(line)
    this.#ends[at] = end
    this.#owners[at] = bucket
    if (bucket.count === 0) bucket.first = line
    else this.#nexts[this.#at(bucket.last)] = line
    bucket.last = line
  }

  #removeAll(bucket: Bucket, visit: (start: number, bytes: number) => void): number {
    const { count } = bucket
    while (bucket.count > 0) {
      const start = this.#startOf(bucket.first)
      visit(start, this.#endOf(bucket.first) - start)
      this.#remove(bucket.first, bucket)
    }
    this.#advance()
    return count
  }

  // The oldest line of its bucket.
  #remove(line: number, bucket: Bucket): void {
    const bytes = this.#endOf(line) - this.#startOf(line)
    this.#owners[this.#at(line)] = undefined
    bucket.first = this.#nexts[this.#at(line)] ?? 0
    bucket.count--
    bucket.bytes -= bytes
    this.#bytes -= bytes
  }

  // Past the lines that are gone.
  #advance(): void {
    while (this.#first < this.#end && this.#owners[this.#at(this.#first)] === undefined) {
      this.#head = this.#endOf(this.#first)
      this.#first++
    }
    if (this.#first < this.#end) return
    this.#first = 0
    this.#end = 0
    this.#head = 0
    this.#tail = 0
  }

  #makeRoom(bytes: number): void {
    if (this.#tail - this.#head + bytes > this.#largest) this.#compact()
    while (this.#tail - this.#head + bytes > this.#ring.size) this.#ring.grow(this.#head, this.#tail)
    if (this.#end - this.#first === this.#ends.length) this.#makeMoreLines()
  }

  // Closes the gaps that lines have left.
  #compact(): void {
    if (this.#tail - this.#head === this.#bytes) return
    const end = this.#end
    let start = this.#head
    this.#end = this.#first
    this.#tail = this.#head
    // Chains begin anew.
    for (let line = this.#first; line < end; line++) {
      const bucket = this.#owners[this.#at(line)]
      if (bucket) bucket.count = 0
    }
    for (let line = this.#first; line < end; line++) {
      const bucket = this.#owners[this.#at(line)]
      const next = this.#endOf(line)
      this.#owners[this.#at(line)] = undefined
      if (bucket) {
        this.#ring.move(start, this.#tail, next - start)
        this.#tail += next - start
        this.#put(this.#end++, this.#tail, bucket)
        bucket.count++
      }
      start = next
    }
  }

  #makeMoreLines(): void {
    const [size, ends, owners, nexts] = [this.#ends.length, this.#ends, this.#owners, this.#nexts]
    this.#ends = new Float64Array(size * 2)
    this.#nexts = new Float64Array(size * 2)
    this.#owners = Array(size * 2).fill(undefined)
    for (let line = this.#first; line < this.#end; line++) {
      const [from, to] = [line & (size - 1), this.#at(line)]
      this.#ends[to] = ends[from] ?? 0
      this.#nexts[to] = nexts[from] ?? 0
      this.#owners[to] = owners[from]
    }
  }
}
