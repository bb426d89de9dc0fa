// Waiting no longer than so long.

/** Resolves with true when `promise` has resolved, with false when that took more than so many milliseconds; rejects as it does. */
export async function inTime(limit: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, limit, false)
  })
  try {
    return await Promise.race([promise.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
