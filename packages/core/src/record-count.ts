// Numbers of records, in words.

/** So many records, such as '1 record' and '2 records'. */
export function recordCount(count: number): string {
  return count === 1 ? '1 record' : `${count} records`
}
