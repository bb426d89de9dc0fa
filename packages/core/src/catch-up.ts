// Letting a writer wait for a destination that is slow, but not for one that stands still.

// A writer waits for up to this many milliseconds at a time, as long as something is taken in each quarter of them.
const PAUSE = 1000

/** What a {@link CatchUp} needs to know of a destination. */
export interface SlowDestination {
  /** It has records waiting, enough that more may mean a loss, and is taking them. */
  isBehind(): boolean
  /** Grows whenever it has taken something. */
  steps(): number
  /** Resolves when something has changed. */
  changed(): Promise<void>
}

/** Says whether a writer had better wait, which a destination that takes nothing any more is not worth. */
export class CatchUp {
  readonly #destination: SlowDestination
  #stalledAt: number | undefined

  constructor(destination: SlowDestination) {
    this.#destination = destination
  }

  /** What a writer had better wait for; see `Sink.pause`. */
  pause(): Promise<void> | undefined {
    return this.#isWorthIt ? this.#wait() : undefined
  }

  get #isWorthIt(): boolean {
    return this.#destination.isBehind() && this.#stalledAt !== this.#destination.steps()
  }

  async #wait(): Promise<void> {
    const end = performance.now() + PAUSE
    while (this.#isWorthIt && performance.now() < end) {
      const before = this.#destination.steps()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, PAUSE / 4)
      })
      await Promise.race([this.#destination.changed(), late])
      clearTimeout(timer)
      if (this.#destination.isBehind() && this.#destination.steps() === before) this.#stalledAt = before
    }
  }
}
