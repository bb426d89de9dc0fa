// One reader at a time: a file whose name says who reads, and whose time that it still does.

import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAbandoned, ownerName } from '../../rotation/owner.js'
import { withLock } from '../../rotation/shared-lock.js'

// Milliseconds between signs of life, and seconds without one after which a reader is given up: a thread of a process
// that lives on may have ended.
const BEAT = 2000
const SILENT = 30

const ENDING = '.reader'

/** Makes this object the only reader of a directory. */
export class ReaderLock {
  readonly #folder: string
  readonly #label: string
  #path: string | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(folder: string, label: string) {
    this.#folder = folder
    this.#label = label
  }

  get isHeld(): boolean {
    return this.#path !== undefined
  }

  /** Takes the lock; throws when another reader has it. */
  hold(): void {
    let other: string | undefined
    const isFree = exclusively(this.#folder, () => {
      other = readerOf(this.#folder)
      if (other !== undefined) return
      const path = join(this.#folder, ownerName() + ENDING)
      writeFileSync(path, '')
      this.#path = path
    })
    if (other !== undefined) {
      const text = `another listener (process ${Number.parseInt(other, 10)}) takes from ${this.#label} already`
      throw Object.assign(new Error(text), { code: 'EBUSY' })
    }
    if (!isFree) throw new Error(`${this.#label} is locked by another process`)
    this.#timer = setInterval(() => this.#beat(), BEAT).unref()
  }

  release(): void {
    clearInterval(this.#timer)
    if (this.#path !== undefined) rmSync(this.#path, { force: true })
    this.#path = undefined
  }

  // Whoever has found this reader silent for long has removed its file.
  #beat(): void {
    try {
      const now = new Date()
      if (this.#path !== undefined) utimesSync(this.#path, now, now)
    } catch {
      this.release()
    }
  }
}

/** The owner that reads from a directory now, if there is one; what a dead one has left is removed. */
export function readerOf(folder: string): string | undefined {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(ENDING)) continue
    const path = join(folder, name)
    const owner = name.slice(0, -ENDING.length)
    const stat = statSync(path, { throwIfNoEntry: false })
    const age = stat && (Date.now() - stat.mtimeMs) / 1000
    if (age === undefined) continue
    if (age <= SILENT && !isAbandoned(owner, age)) return owner
    rmSync(path, { force: true })
  }
  return undefined
}

/**
 * Runs `action` while no other process does something here; false when the lock cannot be had. Where none can be made,
 * as on a full disk, it runs all the same: what the lock prevents is rare, and a full disk is emptied by reading.
 */
export function exclusively(folder: string, action: () => void): boolean {
  let isBegun = false
  const begin = (): void => {
    isBegun = true
    action()
  }
  try {
    return withLock(join(folder, 'lock'), begin)
  } catch (error) {
    if (isBegun) throw error
    action()
    return true
  }
}
