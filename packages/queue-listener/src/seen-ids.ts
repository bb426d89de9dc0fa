// Which batches have come before.

/** The last ids, up to a number of them. */
export class SeenIds {
  readonly #ids: Set<string> = new Set()
  readonly #size: number

  constructor(size: number) {
    this.#size = size
  }

  /** Remembers `id`; false if it was known. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false
    this.#ids.add(id)
    if (this.#ids.size > this.#size) this.#forgetOldest()
    return true
  }

  #forgetOldest(): void {
    const [oldest] = this.#ids
    if (oldest !== undefined) this.#ids.delete(oldest)
  }
}
