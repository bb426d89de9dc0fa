// The input on stdout, as it came.

import type { Writable } from 'node:stream'

/** Writes to stdout until that is gone, which is no matter to anything else. */
export class Tee {
  readonly #stdout: Writable
  readonly #waiting = new Set<() => void>()
  #isGone = false

  /** @param tell is called once when stdout fails, but not when its reader has left */
  constructor(stdout: Writable, tell: (message: string) => void) {
    this.#stdout = stdout
    stdout.on('drain', () => this.#goOn())
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (!this.#isGone && error.code !== 'EPIPE') tell(`--tee ends: ${error.message}`)
      this.#isGone = true
      this.#goOn()
    })
  }

  /** Resolves when there is room for more. */
  async write(chunk: Buffer): Promise<void> {
    if (this.#isGone || this.#stdout.write(chunk)) return
    await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  /** Resolves when stdout has everything. */
  async end(): Promise<void> {
    if (this.#isGone) return
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve)
      this.#stdout.write('', () => resolve())
    })
  }

  #goOn(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
