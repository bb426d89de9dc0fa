// Chunks into whole lines: pino writes lines, threads and pipes cut them anywhere.

import { StringDecoder } from 'node:string_decoder'

/** Gathers chunks and gives back the whole lines in them, as one text that ends in a newline. */
export class LineBuffer {
  #rest = ''
  #decoder: StringDecoder | undefined

  /** The lines that `chunk` completes, unchanged and joined, or '' when it completes none. */
  push(chunk: string | Uint8Array): string {
    const text = typeof chunk === 'string' ? chunk : this.#decode(chunk)
    const end = text.lastIndexOf('\n') + 1
    if (end === text.length && this.#rest === '') return text
    const lines = end === 0 ? '' : this.#rest + text.slice(0, end)
    this.#rest = end === 0 ? this.#rest + text : text.slice(end)
    return lines
  }

  /** What came after the last newline, given its newline; '' when there is nothing. */
  end(): string {
    const rest = this.#rest + (this.#decoder?.end() ?? '')
    this.#rest = ''
    return rest === '' ? '' : `${rest}\n`
  }

  // A character may be cut between two buffers.
  #decode(chunk: Uint8Array): string {
    this.#decoder ??= new StringDecoder('utf8')
    return this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
  }
}

/** How many lines `text` holds; each ends in a newline. */
export function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

/** The lines of `text` without their ends, `\n` or `\r\n`. */
export function splitLines(text: string): string[] {
  const lines: string[] = []
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const next = newline === -1 ? text.length : newline
    const end = text.charCodeAt(next - 1) === 13 ? next - 1 : next
    lines.push(text.slice(start, end))
    start = next + 1
  }
  return lines
}

/** The lines of `text` with their ends, as they are. */
export function splitEntries(text: string): string[] {
  const entries: string[] = []
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const next = newline === -1 ? text.length : newline + 1
    entries.push(text.slice(start, next))
    start = next
  }
  return entries
}

/** Whole lines in pieces of at most `length` characters, unless a line is longer by itself. */
export function piecesOf(text: string, length: number): string[] {
  const pieces: string[] = []
  for (let start = 0; start < text.length; ) {
    const fits = text.length - start <= length ? text.length : text.lastIndexOf('\n', start + length - 1) + 1
    const end = fits > start ? fits : text.indexOf('\n', start) + 1
    pieces.push(text.slice(start, end))
    start = end
  }
  return pieces
}
