// Chunks of bytes into what a handler takes: records as they came, and in their place what was wrapped.

import { StringDecoder } from 'node:string_decoder'
import { isObject } from '@pino-handlers/core'
import type { PlainText } from './plain-text.js'

// Characters of a line without an end, after which it is one.
const MAX_LINE = 16 * 1024 * 1024

/** Sorts lines into records and plain text. What runs from `{"` to `}` is a record without a closer look. */
export class LineSorter {
  readonly #plain: PlainText
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''

  constructor(plain: PlainText) {
    this.#plain = plain
  }

  /** What the chunk completes, in order: whole lines, or ''. */
  push(chunk: Buffer): string {
    const text = this.#decoder.write(chunk)
    const newline = text.lastIndexOf('\n') + 1
    const end = newline === 0 && this.#rest.length + text.length > MAX_LINE ? text.length : newline
    if (end === 0) {
      this.#rest += text
      return ''
    }
    const lines = this.#rest + text.slice(0, end)
    this.#rest = text.slice(end)
    return this.#sort(lines)
  }

  /** What came after the last newline, and what was held. */
  end(): string {
    const rest = this.#rest + this.#decoder.end()
    this.#rest = ''
    return this.#sort(rest) + this.#plain.end()
  }

  #sort(lines: string): string {
    let sorted = ''
    // Records that follow each other are copied at once.
    let records = 0
    for (let start = 0; start < lines.length; ) {
      const newline = lines.indexOf('\n', start)
      const end = newline === -1 ? lines.length : newline
      if (!isRecord(lines, start, end)) {
        sorted += lines.slice(records, start) + this.#plain.push(lines.slice(start, end).replace(/\r$/, ''))
        records = end + 1
      } else if (this.#plain.isHolding) {
        sorted += this.#plain.end()
      }
      start = end + 1
    }
    const last = lines.slice(records)
    return sorted + last + (last === '' || last.endsWith('\n') ? '' : '\n')
  }
}

function isRecord(lines: string, start: number, newline: number): boolean {
  const end = lines[newline - 1] === '\r' ? newline - 1 : newline
  if (lines[end - 1] !== '}' || end - start < 2) return false
  return lines.startsWith('{"', start) || isJsonObject(lines.slice(start, end))
}

function isJsonObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text))
  } catch {
    return false
  }
}
