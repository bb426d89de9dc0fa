// Waiting no longer than so long.

import { milliseconds } from '../milliseconds.js'

/** Settles as `promise` does; rejects with what `late` makes if that takes more than so many seconds. */
export async function within(seconds: number, promise: Promise<void>, late: () => Error): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const end = new Promise<void>((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds(seconds))
  })
  try {
    await Promise.race([promise, end])
  } finally {
    clearTimeout(timer)
  }
}
