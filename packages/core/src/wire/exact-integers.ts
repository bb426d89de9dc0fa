// Integers that JSON.parse would round, which pino writes for a BigInt.

import { randomUUID } from 'node:crypto'

// A string, or an integer of so many digits that a number may not keep it.
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g

/** What a line of JSON says, with integers beyond 2 ** 53 as bigints. */
export function parseExactly(line: string): unknown {
  // No line can know the mark.
  const mark = randomUUID()
  const marked = line.replace(TOKEN, (token) => (token.startsWith('"') ? token : `"${mark}${token}"`))
  return JSON.parse(marked, (_, value) =>
    typeof value === 'string' && value.startsWith(mark) ? integerOf(value.slice(mark.length)) : value,
  )
}

function integerOf(digits: string): number | bigint {
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : BigInt(digits)
}
