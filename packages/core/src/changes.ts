// Waiting until something has changed.

/** Lets any number of waiters know, once each. */
export class Changes {
  #waiting: (() => void)[] = []

  /** Resolves when something has changed. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Something has changed. */
  tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
