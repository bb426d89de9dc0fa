// Waiting for something that another process does, which tells nobody.

/** Resolves when `is` is true, looked at every few milliseconds; rejects after `limit` milliseconds. */
export async function until(is: () => boolean, limit = 120_000): Promise<void> {
  const end = Date.now() + limit
  while (!is()) {
    if (Date.now() > end) throw new Error(`not true within ${limit} ms: ${is}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
