// From stdin to the handler, as fast as both go.

import { once } from 'node:events'
import { type Handler, toError } from '@pino-handlers/core'
import type { Io } from './io.js'
import { LineSorter } from './line-sorter.js'
import { PlainText } from './plain-text.js'
import type { Reading } from './reading.js'
import type { Source } from './source.js'
import { Tee } from './tee.js'

// Milliseconds that a text waits for lines that belong to it.
const PATIENCE = 200

/** Stdin to its end. Its `run` throws when it cannot be read. */
export class Pump implements Source {
  readonly grace?: number
  readonly #stdin: Io['stdin']
  readonly #handler: Handler
  readonly #plain: PlainText
  readonly #sorter: LineSorter
  readonly #tee: Tee | undefined

  /** @param tell is called with what the user should know */
  constructor({ stdin, stdout }: Io, handler: Handler, { wrap, grace, tee }: Reading, tell: (message: string) => void) {
    this.#stdin = stdin
    this.#handler = handler
    this.#plain = new PlainText(wrap)
    this.#sorter = new LineSorter(this.#plain)
    this.#tee = tee ? new Tee(stdout, tell) : undefined
    // Whoever types has nothing more to say after Ctrl-C.
    if (!stdin.isTTY) this.grace = grace
    else tell('reading from the terminal until Ctrl-C')
  }

  get wrapped(): number {
    return this.#plain.count
  }

  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => void this.#stdin.destroy()
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      await this.#read(signal)
    } catch (error) {
      if (!signal.aborted) throw new Error(`stdin cannot be read: ${toError(error).message}`, { cause: error })
    } finally {
      signal.removeEventListener('abort', stop)
      const rest = this.#sorter.end()
      if (rest !== '') this.#handler.write(rest)
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    try {
      for await (const chunk of this.#stdin) {
        clearTimeout(timer)
        await this.#tee?.write(chunk, signal)
        const lines = this.#sorter.push(chunk)
        if (lines !== '' && !this.#handler.write(lines)) await once(this.#handler, 'drain', { signal })
        if (this.#plain.isHolding) timer = setTimeout(() => this.#handler.write(this.#plain.end()), PATIENCE)
      }
    } finally {
      clearTimeout(timer)
    }
  }
}
