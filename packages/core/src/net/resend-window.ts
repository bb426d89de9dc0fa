// What was sent lately, and may have been lost on the way.

import type { Part } from './client.js'

/** Keeps the latest parts up to a number of bytes; the newest one stays, however large it is. */
export class ResendWindow {
  readonly #size: number
  #parts: Part[] = []
  #bytes = 0

  /** @param size 0 keeps nothing */
  constructor(size: number) {
    this.#size = size
  }

  /** False when it never keeps anything. */
  get isOn(): boolean {
    return this.#size > 0
  }

  /** What it keeps, the oldest first. */
  get parts(): readonly Part[] {
    return this.#parts
  }

  add(parts: readonly Part[]): void {
    if (this.#size === 0) return
    for (const part of parts) {
      this.#parts.push(part)
      this.#bytes += byteLength(part)
    }
    for (let [first] = this.#parts; first && this.#parts.length > 1; [first] = this.#parts) {
      if (this.#bytes <= this.#size) break
      this.#bytes -= byteLength(first)
      this.#parts.shift()
    }
  }

  clear(): void {
    this.#parts = []
    this.#bytes = 0
  }
}

/** The bytes of a part as it goes out. */
export function byteLength({ data }: Part): number {
  return typeof data === 'string' ? Buffer.byteLength(data) : data.length
}
