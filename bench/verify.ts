// What became of the records: each carries its number at both ends, `#12 ... #12`.

import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

export interface Faults {
  lost: number
  /** Records that should not be there. */
  extra: number
  duplicate: number
  broken: number
  /** Files that end within a record. */
  split: number
  /** Bytes of the largest file, before it was compressed. */
  largest: number
}

/** Looks at every line of `files`, which together should hold the records from 0 to `records` - 1 that are wanted in any order. */
export async function verify(
  files: readonly string[],
  records: number,
  wanted: (n: number) => boolean = () => true,
): Promise<Faults> {
  const seen = new Uint8Array(records)
  const faults: Faults = { lost: 0, extra: 0, duplicate: 0, broken: 0, split: 0, largest: 0 }
  for (const file of files) await verifyFile(file, seen, faults)
  const lost = missing(seen.filter((_, n) => wanted(n)))
  const extra = seen.filter((each, n) => each && !wanted(n)).length
  return { ...faults, lost, extra }
}

/** How many numbers have not been seen. */
export function missing(seen: Uint8Array): number {
  return seen.reduce((sum, each) => sum + (each ? 0 : 1), 0)
}

async function verifyFile(file: string, seen: Uint8Array, faults: Faults): Promise<void> {
  let rest = ''
  let bytes = 0
  for await (const chunk of content(file)) {
    bytes += chunk.length
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) count(numberOf(line), seen, faults)
  }
  faults.largest = Math.max(faults.largest, bytes)
  if (rest === '') return
  faults.broken++
  faults.split++
}

function content(file: string): AsyncIterable<Buffer> {
  const stream: Readable = createReadStream(file, { highWaterMark: 1024 * 1024 })
  return file.endsWith('.gz') ? stream.pipe(createGunzip({ chunkSize: 1024 * 1024 })) : stream
}

/** Books a record by its number; undefined for one that is not whole. */
export function count(n: number | undefined, seen: Uint8Array, faults: Pick<Faults, 'duplicate' | 'broken'>): void {
  if (n === undefined || n >= seen.length) faults.broken++
  else if (seen[n]) faults.duplicate++
  else seen[n] = 1
}

// A JSON line starts and ends with braces; a formatted one starts with the year and ends with its number.
function numberOf(line: string): number | undefined {
  const first = line.indexOf('#')
  const last = line.lastIndexOf('#')
  const whole = line.startsWith('{"') ? line.endsWith('}') : line.startsWith('20')
  const n = Number.parseInt(line.slice(first + 1, first + 12), 10)
  return whole && first < last && n === Number.parseInt(line.slice(last + 1), 10) ? n : undefined
}
