// What became of the records: each carries its number at both ends, `#12 ... #12`.

import { createReadStream } from 'node:fs'

export interface Faults {
  lost: number
  duplicate: number
  broken: number
}

/** Looks at every line of `file`, which should hold the records from 0 to `records` - 1 in any order. */
export async function verify(file: string, records: number): Promise<Faults> {
  const seen = new Uint8Array(records)
  const faults = { lost: 0, duplicate: 0, broken: 0 }
  for await (const line of lines(file)) {
    const n = numberOf(line)
    if (n === undefined || n >= records) faults.broken++
    else if (seen[n]) faults.duplicate++
    else seen[n] = 1
  }
  for (const each of seen) if (!each) faults.lost++
  return faults
}

async function* lines(file: string): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of createReadStream(file, { encoding: 'latin1', highWaterMark: 1024 * 1024 })) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
  // A last line without its end is a broken one.
  if (rest !== '') yield ''
}

// A JSON line starts and ends with braces; a formatted one starts with the year and ends with its number.
function numberOf(line: string): number | undefined {
  const first = line.indexOf('#')
  const last = line.lastIndexOf('#')
  const whole = line.startsWith('{"') ? line.endsWith('}') : line.startsWith('20')
  const n = Number.parseInt(line.slice(first + 1, first + 12), 10)
  return whole && first < last && n === Number.parseInt(line.slice(last + 1), 10) ? n : undefined
}
