// Batches in the memory of this process: those that wait to be taken, and those that are taken and not settled yet.

import type { QueueBatch } from './queue.js'

/** A batch in a {@link BatchStore}. */
export interface Held {
  readonly batch: QueueBatch
  /** Where it stands among all. */
  readonly place: number
  /** It came from another thread, and does not go on to a third. */
  readonly foreign: boolean
  /** Those who have put it and hear when it is settled. */
  readonly heard: Set<() => void>
  taken: boolean
}

// Characters to hand out at a time.
const LOAD = 1024 * 1024

/** Holds batches in order until they are settled; what is put again under the same id is held once. */
export class BatchStore {
  readonly #held: Map<string, Held> = new Map()
  #waiting: Held[] = []
  readonly #near: Set<() => void> = new Set()
  readonly #far: Set<() => void> = new Set()
  #places = 0
  #size = 0
  /** Called when a taker of this thread has nothing to take. */
  hungry: (() => void) | undefined

  /** Characters of all that is not settled. */
  get size(): number {
    return this.#size
  }

  /** Whether a batch of this id is here and not settled. */
  has(id: string): boolean {
    return this.#held.has(id)
  }

  /** Adds batches; `settled` is called for each when it is. Returns what takes back those that nobody has taken. */
  add(batches: readonly QueueBatch[], settled: (batch: QueueBatch) => void, foreign = false): () => void {
    const added = batches.map((batch): [Held, () => void] => {
      const held = this.#held.get(batch.id) ?? this.#hold(batch, foreign)
      const hear = (): void => settled(batch)
      held.heard.add(hear)
      return [held, hear]
    })
    this.#serve()
    return () => {
      for (const [held, hear] of added) held.heard.delete(hear)
      this.#forgetUnheard()
    }
  }

  /** Hands out the next batches, if there are any; with `near` false only those of this thread. */
  next(near: boolean): readonly Held[] {
    const taken: Held[] = []
    let size = 0
    for (const held of this.#waiting) {
      if (size >= LOAD) break
      if (held.foreign && !near) continue
      held.taken = true
      size += held.batch.data.length
      taken.push(held)
    }
    if (taken.length > 0) this.#waiting = this.#waiting.filter((held) => !held.taken)
    return taken
  }

  /** Calls `serve` once there is something to take. Takers of this thread, who are `near`, go first. */
  wait(serve: () => void, near: boolean): void {
    const waiters = near ? this.#near : this.#far
    waiters.add(serve)
    if (near) this.hungry?.()
  }

  /** Does not call `serve` any more. */
  forget(serve: () => void): void {
    this.#near.delete(serve)
    this.#far.delete(serve)
  }

  /** Whether a taker of this thread waits. */
  get isHungry(): boolean {
    return this.#near.size > 0
  }

  /** Puts back what was taken and not settled, to where it was. */
  giveBack(batches: readonly Held[]): void {
    for (const held of batches) held.taken = false
    this.#waiting = [...batches, ...this.#waiting].sort((a, b) => a.place - b.place)
    this.#forgetUnheard()
    this.#serve()
  }

  /** Forgets a batch, and tells those who put it. */
  settle(held: Held): void {
    this.#drop(held)
    for (const hear of held.heard) hear()
  }

  #hold(batch: QueueBatch, foreign: boolean): Held {
    const held = { batch, place: this.#places++, foreign, heard: new Set<() => void>(), taken: false }
    this.#held.set(batch.id, held)
    this.#size += batch.data.length
    this.#waiting.push(held)
    return held
  }

  #drop({ batch }: Held): void {
    this.#held.delete(batch.id)
    this.#size -= batch.data.length
  }

  // What nobody answers for any more: those who put it have it themselves, and may put it elsewhere.
  #forgetUnheard(): void {
    const unheard = this.#waiting.filter(({ heard }) => heard.size === 0)
    if (unheard.length === 0) return
    for (const held of unheard) this.#drop(held)
    this.#waiting = this.#waiting.filter(({ heard }) => heard.size > 0)
  }

  #serve(): void {
    for (const serve of this.#near) {
      if (this.#waiting.length === 0) return
      this.#near.delete(serve)
      serve()
    }
    for (const serve of this.#far) {
      if (this.#waiting.every(({ foreign }) => foreign)) return
      this.#far.delete(serve)
      serve()
    }
  }
}
