// A log file that several processes write to, each of which may roll it over.

import { type BigIntStats, fstatSync, statSync } from 'node:fs'
import type { Plan } from '../file/plan.js'
import type { Parcel } from '../parcel.js'

type Identity = Pick<BigIntStats, 'dev' | 'ino'>

/** Keeps track of which file a path leads to, where other processes may move it away. */
export class SharedFile {
  readonly #path: string
  readonly #onMoved: () => void
  #own: Identity | undefined

  /** @param onMoved is called before the path is opened again, where another process has rolled the file over */
  constructor(path: string, onMoved: () => void = () => {}) {
    this.#path = path
    this.#onMoved = onMoved
  }

  /** True while the path leads to the file that was last planned for; to be asked under the lock. */
  isStill(): boolean {
    return this.#own === undefined || isSame(this.#own, this.#there())
  }

  /** Plans for the file that the path leads to now, where nothing is written that would look. */
  look(): void {
    this.#own = this.#there()
  }

  /** Looks before each write whether another process has rolled the file over, and knows what others have written to it. */
  plan(inner: Plan): Plan {
    // A file that goes at once whenever it is opened is not followed for ever.
    let reopenedFor: Parcel | undefined
    return (situation) => {
      const own = fstatSync(situation.fd, { bigint: true })
      this.#own = own
      const moved = !isSame(own, this.#there())
      if (!moved || situation.parcel === reopenedFor) return inner({ ...situation, size: Number(own.size) })
      reopenedFor = situation.parcel
      return { change: this.#onMoved }
    }
  }

  #there(): Identity | undefined {
    return statSync(this.#path, { bigint: true, throwIfNoEntry: false })
  }
}

function isSame(a: Identity, b: Identity | undefined): boolean {
  return a.dev === b?.dev && a.ino === b.ino
}
