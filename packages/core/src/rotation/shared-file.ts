// A log file that several processes write to, each of which may roll it over.

import { fstatSync, statSync } from 'node:fs'
import type { Plan } from '../file/plan.js'
import { type FileIdentity, isSameFile } from '../file/same-file.js'
import type { Parcel } from '../parcel.js'

/** Keeps track of which file a path leads to, where other processes may move it away. */
export class SharedFile {
  readonly #path: string
  readonly #onOther: (parcel: Parcel) => void
  #own: FileIdentity | undefined

  /**
   * @param onOther is called where another file than before has been opened for a parcel, which is planned for only if the
   * path still leads to it afterwards: what this finds out at the path is then of that file, and of no later one
   */
  constructor(path: string, onOther: (parcel: Parcel) => void = () => {}) {
    this.#path = path
    this.#onOther = onOther
  }

  /** True while the path leads to the file that was last planned for; to be asked under the lock. */
  isStill(): boolean {
    return this.#own !== undefined && isSame(this.#own, this.#there())
  }

  /** Plans for the file that the path leads to now, where nothing is written that would look. */
  look(): void {
    this.#own = this.#there()
  }

  /** Takes the file that is opened next for another one, although it may have got the number of one that is gone. */
  forget(): void {
    this.#own = undefined
  }

  /** Looks before each write whether another process has rolled the file over, and knows what others have written to it. */
  plan(inner: Plan): Plan {
    // A file that goes at once whenever it is opened is not followed for ever.
    let reopenedFor: Parcel | undefined
    return (situation) => {
      const { fd, parcel } = situation
      const own = fstatSync(fd, { bigint: true })
      if (!isSame(own, this.#own)) {
        this.#own = own
        this.#onOther(parcel)
      }
      const moved = !isSame(own, this.#there())
      if (!moved || parcel === reopenedFor) return inner({ ...situation, size: Number(own.size) })
      reopenedFor = parcel
      return { change: () => this.forget() }
    }
  }

  #there(): FileIdentity | undefined {
    return statSync(this.#path, { bigint: true, throwIfNoEntry: false })
  }
}

function isSame(a: FileIdentity, b: FileIdentity | undefined): boolean {
  return b !== undefined && isSameFile(a, b)
}
