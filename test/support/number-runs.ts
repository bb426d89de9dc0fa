// The numbers that processes gave their records, as they arrived.

/** Numbers that follow each other: the first and the last. */
export type Run = readonly [first: number, last: number]

/**
 * The runs of numbers in lines with `pid` and `n`, by process. One that gave each number once has one run. Throws for a
 * line that is not whole, but for what stands behind the last newline: that was cut off.
 */
export function runsIn(text: string): Map<number, Run[]> {
  const runs = new Map<number, [number, number][]>()
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split(/(?<=\n)/)) {
    if (line === '') continue
    const { pid, n } = JSON.parse(line)
    const known = runs.get(pid) ?? []
    const last = known.at(-1)
    if (last && last[1] === n - 1) last[1] = n
    else known.push([n, n])
    runs.set(pid, known)
  }
  return runs
}

/** What became of the numbers of one process, over several lives of the one that wrote them down. */
export interface Joined {
  /** How many there are, from 0 on without a gap. */
  readonly found: number
  /** How many each life had that were there before. */
  readonly twice: readonly number[]
}

/** Joins the runs of several lives, of which each has one at most; `found` ends where that is not so, or something is missing. */
export function joined(lives: readonly (readonly Run[])[]): Joined {
  const twice: number[] = []
  let found = 0
  for (const [run, ...more] of lives) {
    if (more.length > 0 || (run && run[0] > found)) break
    twice.push(run ? found - run[0] : 0)
    if (run) found = Math.max(found, run[1] + 1)
  }
  return { found, twice }
}
