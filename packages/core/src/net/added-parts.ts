// Parts that a sink has made itself, until they are sent.

import type { Part } from './client.js'
import { byteLength } from './resend-window.js'

/** Keeps parts in their order, and how much they are. */
export class AddedParts {
  readonly #parts: Part[] = []
  #count = 0
  #bytes = 0

  /** The records that they were made of. */
  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0
  }

  push(part: Part): void {
    this.#parts.push(part)
    this.#count += part.count
    this.#bytes += byteLength(part)
  }

  /** The oldest parts, so many at most; they are no longer kept here. */
  take(most: number): readonly Part[] {
    const taken = this.#parts.splice(0, most)
    for (const part of taken) {
      this.#count -= part.count
      this.#bytes -= byteLength(part)
    }
    return taken
  }
}
