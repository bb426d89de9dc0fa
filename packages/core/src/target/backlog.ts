// What waits for a target, and what of it the target may have died of.

import type { Batch } from '../batch.js'
import type { Monitor } from '../monitor.js'
import { Outbox, type OutboxLimits } from '../outbox.js'
import { joinParcels, type Parcel } from '../parcel.js'

/** The queue in front of a target. Records that the target may have died of leave it one by one. */
export class Backlog {
  readonly #outbox: Outbox
  readonly #monitor: Monitor
  #suspects = 0
  #trying = false
  #reports = 0

  constructor(limits: OutboxLimits, monitor: Monitor) {
    this.#outbox = new Outbox(limits, monitor)
    this.#monitor = monitor
  }

  /** How many records it holds. */
  get count(): number {
    return this.#outbox.count
  }

  /** More may mean a loss. */
  get isFilling(): boolean {
    return this.#outbox.isFilling
  }

  /** A suspect is with the target, by itself. */
  get isTrying(): boolean {
    return this.#trying
  }

  /** Records that it has made itself, to tell of those that were dropped. */
  get reports(): number {
    return this.#reports
  }

  /** Adds records; returns what their writer has to wait for. */
  push(batch: Batch): Promise<void> | undefined {
    return this.#outbox.push(batch.asLines, batch.context)
  }

  /** What goes next, up to `maxBytes`; undefined if nothing may go now. */
  next(maxBytes: number): Parcel | undefined {
    if (this.#trying) return undefined
    if (this.#outbox.count === 0) this.reportDrops()
    if (this.#outbox.count === 0) return undefined
    this.#trying = this.#suspects > 0
    if (this.#trying) this.#suspects--
    return this.#outbox.take(this.#trying ? 1 : maxBytes)
  }

  /** What goes next although it may not. */
  take(maxBytes: number): Parcel {
    this.#suspects = 0
    return this.#outbox.take(maxBytes)
  }

  /** The target has taken all that it was given. */
  cleared(): void {
    this.#trying = false
  }

  /**
   * Takes back what a target has died over, into the front. `isSuspect`: it may have died of the first of these; one that
   * was written by itself is dropped then. Returns how many were dropped.
   */
  takeBack(parcels: readonly Parcel[], isSuspect: boolean): number {
    const [first, ...more] = parcels
    const isGuilty = isSuspect && this.#trying && first?.count === 1
    this.#trying = false
    if (!first) return 0
    if (isGuilty) this.#monitor.dropped(1, 'failed')
    else if (isSuspect) this.#suspects += first.count
    this.#outbox.putBack(joinParcels(isGuilty ? more : parcels))
    return isGuilty ? 1 : 0
  }

  /** Puts a record that tells of those that were dropped where they were. */
  reportDrops(): void {
    const { count } = this.#outbox
    this.#outbox.reportDrops()
    this.#reports += this.#outbox.count - count
  }
}
