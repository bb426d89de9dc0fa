// Bytes in memory that is used again and again, from its start when its end is reached.

const SMALLEST = 64 * 1024

/** Bytes at places that only ever grow: who uses it keeps those that are of use within its size. */
export class ByteRing {
  readonly #largest: number
  #memory: Buffer = Buffer.allocUnsafeSlow(SMALLEST)

  /** @param largest bytes that it never grows beyond, but for its smallest size */
  constructor(largest: number) {
    this.#largest = Math.max(largest, SMALLEST)
  }

  get size(): number {
    return this.#memory.length
  }

  /** Doubles its size; the bytes between `start` and `end` keep their places. */
  grow(start: number, end: number): void {
    const memory = Buffer.allocUnsafeSlow(Math.min(this.size * 2, this.#largest))
    copy(this.#memory, start, memory, start, end - start)
    this.#memory = memory
  }

  /** Puts `text`, which is so many bytes of UTF-8, at a place. */
  write(text: string, bytes: number, at: number): void {
    const start = at % this.size
    // As many bytes as characters: ASCII, which is quicker to write as such.
    if (start + bytes <= this.size) this.#memory.write(text, start, bytes === text.length ? 'latin1' : 'utf8')
    else copy(Buffer.from(text), 0, this.#memory, start, bytes)
  }

  read(at: number, bytes: number): string {
    const start = at % this.size
    if (start + bytes <= this.size) return this.#memory.toString('utf8', start, start + bytes)
    const whole = Buffer.allocUnsafe(bytes)
    this.copyTo(whole, 0, at, bytes)
    return whole.toString()
  }

  copyTo(target: Buffer, start: number, at: number, bytes: number): void {
    copy(this.#memory, at, target, start, bytes)
  }

  /** Moves bytes to a place before their own. */
  move(at: number, to: number, bytes: number): void {
    if (at !== to) copy(this.#memory, at, this.#memory, to, bytes)
  }
}

// Piece by piece, between the ends of both.
function copy(source: Buffer, from: number, target: Buffer, to: number, bytes: number): void {
  for (let done = 0; done < bytes; ) {
    const start = (from + done) % source.length
    const at = (to + done) % target.length
    const piece = Math.min(bytes - done, source.length - start, target.length - at)
    source.copy(target, at, start, start + piece)
    done += piece
  }
}
