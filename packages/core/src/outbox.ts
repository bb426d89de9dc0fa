// The bounded queue between a handler and something slow.

import type { BatchContext } from './batch.js'
import { dropReport } from './drop-report.js'
import type { Monitor } from './monitor.js'
import { type Parcel, parcelOf } from './parcel.js'

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

/** Holds records in order, up to a number of bytes and of records; what has to go is counted as dropped. */
export class Outbox {
  readonly #monitor: Monitor
  readonly #reports: boolean
  readonly #maxBytes: number
  readonly #maxRecords: number
  readonly #overflow: Overflow
  readonly #protectLevel: number
  // Of a record that is gone the place stays for a while, its text does not.
  #entries: (string | undefined)[] = []
  // When the records were made, which their entries may not say.
  #times: (number | undefined)[] = []
  #levels: number[] = []
  #first = 0
  // No entry before this one is below the protected level.
  #sifted = 0
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

  /**
   * Adds records, which came in `context`. With 'block' it returns what their writer has to wait for when the outbox is
   * full now.
   */
  push(parcel: Parcel, context: BatchContext): Promise<void> | undefined {
    this.#context = context
    const before = this.#loss?.count ?? 0
    for (const [index, entry] of parcel.entries.entries()) this.#add(entry, parcel, index)
    if (this.#entries.length > 1024 && this.#count * 2 < this.#entries.length) this.#compact()
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
    this.#compact()
    const { entries } = parcel
    this.#entries = [...entries, ...this.#entries]
    this.#times = [...entries.map((_, index) => parcel.timeAt(index)), ...this.#times]
    if (this.#overflow === 'drop-below-level')
      this.#levels = [...entries.map((_, index) => parcel.levelAt(index)), ...this.#levels]
    this.#count += entries.length
    this.#bytes += entries.reduce((sum, entry) => sum + Buffer.byteLength(entry), 0)
  }

  /** Takes out the oldest, up to `maxBytes` but at least one. Default: all that it holds. */
  take(maxBytes: number = Number.POSITIVE_INFINITY): Parcel {
    this.#compact()
    const end = this.#endWithin(maxBytes)
    const entries = this.#entries.splice(0, end).flatMap((entry) => entry ?? [])
    const times = this.#times.splice(0, end)
    const levels = this.#levels.splice(0, end)
    this.#count -= entries.length
    this.#bytes =
      this.#count === 0 ? 0 : this.#bytes - entries.reduce((sum, entry) => sum + Buffer.byteLength(entry), 0)
    if (this.#fits(1)) for (const resolve of this.#waiting.splice(0)) resolve()
    const knows = { timeAt: (index: number) => times[index], levelAt: (index: number) => levels[index] }
    return parcelOf(entries, 0, entries.length, { parcel: knows, first: 0 })
  }

  #add(entry: string, parcel: Parcel, index: number): void {
    const time = parcel.timeAt(index)
    const bytes = Buffer.byteLength(entry)
    if (bytes > this.#maxBytes || (this.#overflow === 'drop-newest' && !this.#fits(bytes))) {
      this.#lose(time)
      return
    }
    this.#entries.push(entry)
    this.#times.push(time)
    if (this.#overflow === 'drop-below-level') this.#levels.push(parcel.levelAt(index))
    this.#count++
    this.#bytes += bytes
    while (this.#overflow !== 'block' && !this.#fits(0)) this.#drop(this.#victim())
  }

  #room(): Promise<void> | undefined {
    if (this.#overflow !== 'block' || this.#fits(1)) return undefined
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #fits(bytes: number): boolean {
    return this.#bytes + bytes <= this.#maxBytes && this.#count + (bytes > 0 ? 1 : 0) <= this.#maxRecords
  }

  // The entry that goes next.
  #victim(): number {
    if (this.#overflow === 'drop-below-level') {
      while (this.#sifted < this.#entries.length) {
        const index = this.#sifted++
        if (this.#entries[index] !== undefined && (this.#levels[index] ?? 0) < this.#protectLevel) return index
      }
    }
    while (this.#entries[this.#first] === undefined) this.#first++
    return this.#first
  }

  #drop(index: number): void {
    this.#bytes -= Buffer.byteLength(this.#entries[index] ?? '')
    this.#entries[index] = undefined
    this.#count--
    this.#lose(this.#times[index])
  }

  #lose(time: number = Date.now()): void {
    const { count, from, to } = this.#loss ?? { count: 0, from: time, to: time }
    this.#loss = { count: count + 1, from: Math.min(from, time), to: Math.max(to, time) }
  }

  #endWithin(maxBytes: number): number {
    if (this.#bytes <= maxBytes) return this.#entries.length
    let bytes = 0
    const end = this.#entries.findIndex((entry, index) => {
      bytes += Buffer.byteLength(entry ?? '')
      return bytes > maxBytes && index > 0
    })
    return end === -1 ? this.#entries.length : end
  }

  // Forgets the places of what is gone.
  #compact(): void {
    if (this.#count < this.#entries.length) {
      const isThere = (_: unknown, index: number): boolean => this.#entries[index] !== undefined
      this.#times = this.#times.filter(isThere)
      this.#levels = this.#levels.filter(isThere)
      this.#entries = this.#entries.filter((entry) => entry !== undefined)
    }
    this.#first = 0
    this.#sifted = 0
  }
}
