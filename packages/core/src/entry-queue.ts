// Entries in memory that is used again.

// Strings that wait become garbage that the collector leaves lying for long: a queue that stays full would cost several
// times what it holds.
const BLOCK = 64 * 1024

/** What is known of an entry beside its text. */
interface EntryFacts {
  /** When the record was made, in milliseconds since the epoch; NaN when that is not known. */
  readonly time: number
  /** pino's number of its level; NaN when nobody asks for it. */
  readonly level: number
  /** Its place in the order of all entries, those of other queues included. */
  readonly turn: number
}

/** An entry of so many bytes of UTF-8. */
export interface Entry {
  readonly text: string
  readonly bytes: number
  readonly facts: EntryFacts
}

/** Entries that leave together. */
export interface Run {
  readonly texts: readonly string[]
  readonly bytes: number
  readonly times: readonly number[]
  readonly levels: readonly number[]
}

/** What leaves together. */
export interface RunLimits {
  readonly bytes: number
  readonly records: number
  /** The turn of an entry before which they all are. */
  readonly turn: number
  /** One leaves at least, however large it is. */
  readonly one: boolean
}

/** Entries in order; the oldest leave first. */
export class EntryQueue {
  readonly #blocks: Block[] = []
  #spare: Block | undefined

  /** The turn of the oldest entry; Infinity when there is none. */
  get turn(): number {
    const [block] = this.#blocks
    return block ? block.turn : Number.POSITIVE_INFINITY
  }

  add({ text, bytes, facts }: Entry): void {
    let last = this.#blocks.at(-1)
    if (!last || last.room < TEXT + bytes) {
      last = this.#newBlock(bytes)
      this.#blocks.push(last)
    }
    last.add(text, facts)
  }

  /** Puts entries before all others. */
  addFirst(entries: readonly Entry[]): void {
    if (entries.length === 0) return
    const block = new Block(entries.reduce((sum, { bytes }) => sum + TEXT + bytes, 0))
    for (const { text, facts } of entries) block.add(text, facts)
    this.#blocks.unshift(block)
  }

  /** Takes out the oldest entries of one block, within the limits. */
  take(limits: RunLimits): Run {
    const [block] = this.#blocks
    const run = block?.take(limits) ?? { texts: [], bytes: 0, times: [], levels: [] }
    if (block?.isEmpty) this.#release()
    return run
  }

  /** Drops the oldest entry; returns its bytes and time. */
  drop(): { bytes: number; time: number } {
    const [block] = this.#blocks
    const dropped = block?.drop() ?? { bytes: 0, time: Number.NaN }
    if (block?.isEmpty) this.#release()
    return dropped
  }

  #newBlock(bytes: number): Block {
    if (TEXT + bytes > BLOCK) return new Block(TEXT + bytes)
    const block = this.#spare ?? new Block(BLOCK)
    this.#spare = undefined
    return block
  }

  #release(): void {
    const block = this.#blocks.shift()
    if (block?.size !== BLOCK) return
    block.clear()
    this.#spare = block
  }
}

// Before the text of each entry: its length, time, level and turn. As numbers of their own they would be garbage as well.
const [TIME, LEVEL, TURN, TEXT] = [4, 12, 20, 28]

class Block {
  readonly size: number
  readonly #memory: Buffer
  #first = 0
  #end = 0

  constructor(size: number) {
    this.size = size
    this.#memory = Buffer.allocUnsafeSlow(size)
  }

  get room(): number {
    return this.size - this.#end
  }

  get isEmpty(): boolean {
    return this.#first === this.#end
  }

  get turn(): number {
    return this.isEmpty ? Number.POSITIVE_INFINITY : this.#memory.readDoubleLE(this.#first + TURN)
  }

  add(text: string, { time, level, turn }: EntryFacts): void {
    const at = this.#end
    const bytes = this.#memory.write(text, at + TEXT)
    this.#memory.writeUInt32LE(bytes, at)
    this.#memory.writeDoubleLE(time, at + TIME)
    this.#memory.writeDoubleLE(level, at + LEVEL)
    this.#memory.writeDoubleLE(turn, at + TURN)
    this.#end = at + TEXT + bytes
  }

  take({ bytes: maxBytes, records, turn, one }: RunLimits): Run {
    const memory = this.#memory
    const run = { texts: [] as string[], bytes: 0, times: [] as number[], levels: [] as number[] }
    while (this.turn < turn && run.texts.length < records) {
      const at = this.#first
      const bytes = memory.readUInt32LE(at)
      if (run.bytes + bytes > maxBytes && !(one && run.texts.length === 0)) break
      this.#first = at + TEXT + bytes
      run.texts.push(memory.toString('utf8', at + TEXT, this.#first))
      run.bytes += bytes
      run.times.push(memory.readDoubleLE(at + TIME))
      run.levels.push(memory.readDoubleLE(at + LEVEL))
    }
    return run
  }

  drop(): { bytes: number; time: number } {
    const at = this.#first
    const bytes = this.#memory.readUInt32LE(at)
    this.#first = at + TEXT + bytes
    return { bytes, time: this.#memory.readDoubleLE(at + TIME) }
  }

  clear(): void {
    this.#first = 0
    this.#end = 0
  }
}
