// The bounded queue between a handler and something slow.

import type { BatchContext } from './batch.js'
import { dropReport } from './drop-report.js'
import { type Entry, EntryQueue, type Run } from './entry-queue.js'
import type { Monitor } from './monitor.js'
import { type Cut, cutAfter, cutBytes, joinParcels, type Parcel, parcelOf } from './parcel.js'

/**
 * Which records go when there is no room for another: the oldest, the one that comes, the oldest below `protectLevel`,
 * or none: 'block' lets the writer wait.
 */
export type Overflow = 'drop-oldest' | 'drop-newest' | 'drop-below-level' | 'block'

/** How much an {@link Outbox} holds, and what becomes of more. */
export interface OutboxLimits {
  readonly maxQueueBytes: number
  /** Default: no limit but that of bytes. */
  readonly maxQueueRecords?: number | undefined
  /** Default: 'drop-oldest'. */
  readonly overflow?: Overflow | undefined
  /** Records of this level and above go last with 'drop-below-level'. Default: that of errors. */
  readonly protectLevel?: number | undefined
  /** Default: true. */
  readonly reportDrops?: boolean | undefined
}

/** Records that had to go: how many, and when the first and the last of them were made, in milliseconds since the epoch. */
export interface Loss {
  readonly count: number
  readonly from: number
  readonly to: number
}

const ERROR = 50

// Bytes to hold as they came, which costs next to nothing; more than that is an outage, and goes into memory that is used again.
// A writer that waits does so at a quarter of the default limit, 4 MiB, and may have come there with the 4 MiB that a worker
// gets from pino at a time.
const FRESH = { bytes: 8 * 1024 * 1024, parcels: 500 }

interface Fresh {
  readonly parcel: Parcel
  readonly bytes: number
}

/** Holds records in order, up to a number of bytes and of records; what has to go is counted as dropped. */
export class Outbox {
  readonly #monitor: Monitor
  readonly #reports: boolean
  readonly #maxBytes: number
  readonly #maxRecords: number
  readonly #overflow: Overflow
  readonly #protectLevel: number
  // All that it holds, or none of it.
  #fresh: Fresh[] = []
  readonly #entries: EntryQueue = new EntryQueue()
  // With 'drop-below-level', records of the protected level and above.
  readonly #protected: EntryQueue = new EntryQueue()
  #firstTurn = 0
  #lastTurn = 0
  #count = 0
  #bytes = 0
  #loss: Loss | undefined
  #context: BatchContext | undefined
  #waiting: (() => void)[] = []

  constructor(limits: OutboxLimits, monitor: Monitor) {
    this.#monitor = monitor
    this.#maxBytes = limits.maxQueueBytes
    this.#maxRecords = limits.maxQueueRecords ?? Number.POSITIVE_INFINITY
    this.#overflow = limits.overflow ?? 'drop-oldest'
    this.#protectLevel = limits.protectLevel ?? ERROR
    this.#reports = limits.reportDrops ?? true
  }

  /** How many records it holds. */
  get count(): number {
    return this.#count
  }

  /** How many bytes of UTF-8 they are. */
  get bytes(): number {
    return this.#bytes
  }

  /** More than a quarter of what it may hold is held, and more may mean that records are dropped. */
  get isFilling(): boolean {
    if (this.#overflow === 'block') return false
    return this.#bytes * 4 > this.#maxBytes || this.#count * 4 > this.#maxRecords
  }

  /**
   * Adds records, which came in `context`. With 'block' it returns what their writer has to wait for when the outbox is
   * full now.
   */
  push(parcel: Parcel, context: BatchContext): Promise<void> | undefined {
    this.#context = context
    if (parcel.count === 0 || this.#admit(parcel)) return this.#room()
    this.#melt()
    const before = this.#loss?.count ?? 0
    for (const [index, entry] of parcel.entries.entries()) this.#add(entry, parcel, index)
    this.#monitor.dropped((this.#loss?.count ?? 0) - before, 'overflow')
    return this.#room()
  }

  /** Counts the last `count` records of a parcel as dropped without holding them. Default: all. */
  reject(parcel: Parcel, context: BatchContext, count: number = parcel.count): void {
    this.#context = context
    for (let index = parcel.count - count; index < parcel.count; index++) this.#lose(parcel.timeAt(index))
    this.#monitor.dropped(count, 'overflow')
  }

  /** Once the destination takes records again: puts one that tells of those that were lost where the oldest of them were. */
  reportDrops(): void {
    const [loss, context] = [this.#loss, this.#context]
    this.#loss = undefined
    if (!loss || !context || !this.#reports) return
    this.#monitor.received(1)
    this.putBack(dropReport(loss, context))
  }

  /** Puts records back where they were taken from; they are within the limits, or were never queued. */
  putBack(parcel: Parcel): void {
    if (parcel.count === 0) return
    const bytes = Buffer.byteLength(parcel.text)
    if (this.#fresh.length > 0 || this.#count === 0) {
      this.#fresh.unshift({ parcel, bytes })
    } else {
      this.#firstTurn -= parcel.count
      const entries = parcel.entries.map((text, index) => this.#entryOf(text, parcel, index, this.#firstTurn + index))
      for (const queue of [this.#entries, this.#protected]) {
        queue.addFirst(entries.filter((entry) => this.#queueFor(entry) === queue))
      }
    }
    this.#count += parcel.count
    this.#bytes += bytes
  }

  /** Takes out the oldest, up to `maxBytes` and `maxRecords` but at least one. Default: all that it holds. */
  take(maxBytes: number = Number.POSITIVE_INFINITY, maxRecords: number = Number.POSITIVE_INFINITY): Parcel {
    const take = this.#fresh.length > 0 ? this.#takeFresh : this.#takeEntries
    const parcel = take.call(this, maxBytes, maxRecords)
    if (this.#fits(1)) for (const resolve of this.#waiting.splice(0)) resolve()
    return parcel
  }

  #admit(parcel: Parcel): boolean {
    if (this.#fresh.length === 0 && this.#count > 0) return false
    const bytes = Buffer.byteLength(parcel.text)
    if (!this.#staysFresh(parcel, bytes)) return false
    this.#fresh.push({ parcel, bytes })
    this.#count += parcel.count
    this.#bytes += bytes
    return true
  }

  // With 'block' nothing is dropped, but a record that is larger than the limit itself.
  #staysFresh({ count }: Parcel, bytes: number): boolean {
    if (this.#overflow === 'block') return bytes <= this.#maxBytes
    const fits = this.#bytes + bytes <= this.#maxBytes && this.#count + count <= this.#maxRecords
    return fits && this.#bytes + bytes <= FRESH.bytes && this.#fresh.length < FRESH.parcels
  }

  // Moves what is fresh to where records can be dropped one by one.
  #melt(): void {
    for (const { parcel } of this.#fresh.splice(0)) {
      for (const [index, text] of parcel.entries.entries()) {
        const entry = this.#entryOf(text, parcel, index, this.#lastTurn++)
        this.#queueFor(entry).add(entry)
      }
    }
  }

  #takeFresh(maxBytes: number, maxRecords: number): Parcel {
    const taken: Parcel[] = []
    let [room, records] = [maxBytes, maxRecords]
    for (let [first] = this.#fresh; first && records > 0 && (room > 0 || taken.length === 0); [first] = this.#fresh) {
      const { head, rest } = cutWithin(first, room, records, taken.length === 0)
      if (head.count === 0) break
      const bytes = rest ? Buffer.byteLength(head.text) : first.bytes
      this.#fresh.splice(0, 1, ...(rest ? [{ parcel: rest, bytes: first.bytes - bytes }] : []))
      taken.push(head)
      room -= bytes
      records -= head.count
      this.#count -= head.count
      this.#bytes -= bytes
    }
    return joinParcels(taken)
  }

  #takeEntries(maxBytes: number, maxRecords: number): Parcel {
    const runs: Run[] = []
    let [room, records] = [maxBytes, maxRecords]
    for (let run = this.#takeRun(room, records, true); run.texts.length > 0; ) {
      runs.push(run)
      room -= run.bytes
      records -= run.texts.length
      this.#count -= run.texts.length
      this.#bytes -= run.bytes
      run = this.#takeRun(room, records, false)
    }
    const entries = runs.flatMap(({ texts }) => texts)
    const times = runs.flatMap((run) => run.times)
    const levels = runs.flatMap((run) => run.levels)
    const knows = { timeAt: (index: number) => known(times[index]), levelAt: (index: number) => known(levels[index]) }
    return parcelOf(entries, 0, entries.length, { parcel: knows, first: 0 })
  }

  // The oldest of both queues, until one of the other is older.
  #takeRun(maxBytes: number, maxRecords: number, one: boolean): Run {
    const [queue, other] =
      this.#entries.turn < this.#protected.turn ? [this.#entries, this.#protected] : [this.#protected, this.#entries]
    return queue.take({ bytes: maxBytes, records: maxRecords, turn: other.turn, one })
  }

  #add(text: string, parcel: Parcel, index: number): void {
    const entry = this.#entryOf(text, parcel, index, this.#lastTurn++)
    const { bytes } = entry
    if (bytes > this.#maxBytes || (this.#overflow === 'drop-newest' && !this.#fits(bytes))) {
      this.#lose(known(entry.facts.time))
      return
    }
    this.#queueFor(entry).add(entry)
    this.#count++
    this.#bytes += bytes
    while (this.#overflow !== 'block' && !this.#fits(0)) this.#drop()
  }

  #entryOf(text: string, parcel: Parcel, index: number, turn: number): Entry {
    const level = this.#overflow === 'drop-below-level' ? parcel.levelAt(index) : Number.NaN
    return { text, bytes: Buffer.byteLength(text), facts: { time: parcel.timeAt(index) ?? Number.NaN, level, turn } }
  }

  #queueFor({ facts }: Entry): EntryQueue {
    return this.#overflow === 'drop-below-level' && facts.level >= this.#protectLevel ? this.#protected : this.#entries
  }

  #room(): Promise<void> | undefined {
    if (this.#overflow !== 'block' || this.#fits(1)) return undefined
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #fits(bytes: number): boolean {
    return this.#bytes + bytes <= this.#maxBytes && this.#count + (bytes > 0 ? 1 : 0) <= this.#maxRecords
  }

  #drop(): void {
    const isLast = this.#entries.turn === Number.POSITIVE_INFINITY
    const { bytes, time } = (isLast ? this.#protected : this.#entries).drop()
    this.#count--
    this.#bytes -= bytes
    this.#lose(known(time))
  }

  #lose(time: number = Date.now()): void {
    const { count, from, to } = this.#loss ?? { count: 0, from: time, to: time }
    this.#loss = { count: count + 1, from: Math.min(from, time), to: Math.max(to, time) }
  }
}

function known(number: number = Number.NaN): number | undefined {
  return Number.isNaN(number) ? undefined : number
}

// The head may be empty, unless `one` asks for one entry at least.
function cutWithin({ parcel, bytes }: Fresh, room: number, records: number, one: boolean): Cut {
  if (bytes <= room) return cutAfter(parcel, records)
  const cut = cutBytes(parcel, room + 1, Buffer.byteLength, true)
  if (cut.head.count > records) return cutAfter(parcel, records)
  return one && cut.head.count === 0 ? cutAfter(parcel, 1) : cut
}
