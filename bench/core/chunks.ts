// What a worker is given: text of about 64 KiB.

import { line } from '../record.js'

const SIZE = 64 * 1024

/** Some megabytes of lines, each chunk ending with a line. */
export function wholeChunks(): string[] {
  return Array.from({ length: 64 }, (_, n) => flat(linesFrom(n * 1000)))
}

/** The same text, cut anywhere; repeated from the start it is still whole lines. */
export function cutChunks(): string[] {
  const text = wholeChunks().join('')
  return Array.from({ length: Math.ceil(text.length / SIZE) }, (_, n) => flat(text.slice(n * SIZE, (n + 1) * SIZE)))
}

function linesFrom(first: number): string {
  let text = ''
  for (let n = first; text.length < SIZE; n++) text += line(n)
  return text
}

// One piece of memory, as a decoder gives it.
function flat(text: string): string {
  return Buffer.from(text).toString()
}
