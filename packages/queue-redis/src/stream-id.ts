// The ids that Redis gives to entries: milliseconds and a number, '1508025600123-0'.

/** Compares two ids by age; negative when `a` is older. */
export function compareIds(a: string, b: string): number {
  const [aTime = 0n, aNumber = 0n] = partsOf(a)
  const [bTime = 0n, bNumber = 0n] = partsOf(b)
  if (aTime !== bTime) return aTime < bTime ? -1 : 1
  return aNumber === bNumber ? 0 : aNumber < bNumber ? -1 : 1
}

/** The first id after `id`. */
export function idAfter(id: string): string {
  const [time = 0n, number = 0n] = partsOf(id)
  return `${time}-${number + 1n}`
}

/** The oldest of some ids; undefined without any. */
export function oldestOf(ids: readonly string[]): string | undefined {
  return ids.toSorted(compareIds)[0]
}

function partsOf(id: string): bigint[] {
  return id.split('-').map(BigInt)
}
