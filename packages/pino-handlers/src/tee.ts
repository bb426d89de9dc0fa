// The input on stdout, as it came.

import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { isReaderGone } from '@pino-handlers/core'

/** Writes to stdout until that is gone, which is no matter to anything else. */
export class Tee {
  readonly #stdout: Writable
  #isGone = false

  /** @param tell is called once when stdout fails, but not when its reader has left */
  constructor(stdout: Writable, tell: (message: string) => void) {
    this.#stdout = stdout
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (!this.#isGone && !isReaderGone(error)) tell(`--tee ends: ${error.message}`)
      this.#isGone = true
    })
  }

  /** Resolves when there is room for more, or the signal aborts. */
  async write(chunk: Buffer, signal: AbortSignal): Promise<void> {
    if (this.#isGone || this.#stdout.write(chunk)) return
    // It fails when stdout does, of which the listener above knows.
    await once(this.#stdout, 'drain', { signal }).catch(() => {})
  }
}
