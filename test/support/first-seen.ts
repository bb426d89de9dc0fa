// What became of numbered records over several lives of the one who wrote them down.

/** The records of one process. */
export interface Seen {
  /** How many different ones there are. */
  readonly all: number
  /** How many there are, from 0 on without a gap. */
  readonly found: number
  /** How many came for the first time behind one with a higher number. */
  readonly late: number
  /** How many came again. */
  readonly twice: number
}

/** Reads the texts of all lives, oldest first, whose lines have `pid` and `n`. What stands behind the last newline was cut off. */
export function firstSeen(lives: readonly string[]): Map<number, Seen> {
  const known = new Map<number, { numbers: Set<number>; highest: number; late: number; twice: number }>()
  for (const text of lives) {
    for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split(/(?<=\n)/)) {
      if (line === '') continue
      const { pid, n } = JSON.parse(line)
      const seen = known.get(pid) ?? { numbers: new Set(), highest: -1, late: 0, twice: 0 }
      known.set(pid, seen)
      if (seen.numbers.has(n)) seen.twice++
      else if (n < seen.highest) seen.late++
      seen.numbers.add(n)
      seen.highest = Math.max(seen.highest, n)
    }
  }
  return new Map(
    [...known].map(([pid, { numbers, late, twice }]) => {
      let found = 0
      while (numbers.has(found)) found++
      return [pid, { all: numbers.size, found, late, twice }]
    }),
  )
}
