// Chunks of bytes into what a handler takes: records as they came, by the chunk, and between them what was wrapped.

import type { PlainText } from './plain-text.js'

const NEWLINE = 10
const RETURN = 13
const QUOTE = 34
const OPEN = 123
const CLOSE = 125

// Bytes of a line without an end, after which it is one.
const MAX_LINE = 16 * 1024 * 1024

/** Sorts lines into records and plain text. What runs from `{"` to `}` is a record without a closer look. */
export class LineSorter {
  readonly #plain: PlainText
  #rest: Buffer[] = []
  #restLength = 0

  constructor(plain: PlainText) {
    this.#plain = plain
  }

  /** What the chunk completes, in order. */
  push(chunk: Buffer): (Buffer | string)[] {
    const end = chunk.lastIndexOf(NEWLINE) + 1
    const isTooLong = this.#restLength + chunk.length > MAX_LINE
    if (end === 0 && !isTooLong) {
      this.#hold(chunk)
      return []
    }
    const cut = end === 0 ? chunk.length : end
    const lines =
      this.#rest.length === 0 ? chunk.subarray(0, cut) : Buffer.concat([...this.#rest, chunk.subarray(0, cut)])
    this.#rest = []
    this.#restLength = 0
    if (cut < chunk.length) this.#hold(chunk.subarray(cut))
    return this.#sort(lines)
  }

  /** What came after the last newline, and what was held. */
  end(): (Buffer | string)[] {
    const rest = Buffer.concat(this.#rest)
    this.#rest = []
    const sorted = rest.length === 0 ? [] : this.#sort(rest)
    return [...sorted, this.#plain.end()].filter((each) => each.length > 0)
  }

  #hold(bytes: Buffer): void {
    this.#rest.push(bytes)
    this.#restLength += bytes.length
  }

  #sort(lines: Buffer): (Buffer | string)[] {
    const sorted: (Buffer | string)[] = []
    let records = 0
    for (let start = 0; start < lines.length; ) {
      const newline = lines.indexOf(NEWLINE, start)
      const next = newline === -1 ? lines.length : newline + 1
      const end = newline === -1 ? lines.length : newline
      if (isRecord(lines, start, end)) {
        if (this.#plain.isHolding) sorted.push(this.#plain.end())
      } else {
        sorted.push(
          lines.subarray(records, start),
          this.#plain.push(lines.toString('utf8', start, end).replace(/\r$/, '')),
        )
        records = next
      }
      start = next
    }
    const last = lines.subarray(records)
    sorted.push(last, last.length > 0 && last.at(-1) !== NEWLINE ? '\n' : '')
    return sorted.filter((each) => each.length > 0)
  }
}

function isRecord(bytes: Buffer, start: number, newline: number): boolean {
  const end = bytes[newline - 1] === RETURN ? newline - 1 : newline
  if (bytes[start] === OPEN && bytes[start + 1] === QUOTE && bytes[end - 1] === CLOSE) return true
  return end - start > 1 && bytes[end - 1] === CLOSE && isJsonObject(bytes.toString('utf8', start, end))
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
