// What a whole suite uses, where tests have a context of their own.

/** Collects what is to be done after the last test of a suite. */
export class SuiteScope {
  readonly #ends: (() => unknown)[] = []

  after(end: () => unknown): void {
    this.#ends.push(end)
  }

  /** Does it, the last first. */
  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end()
  }
}
