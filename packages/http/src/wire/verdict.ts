// What an answer means for the records that it answers.

/** Taken; to be sent again later; to be sent in smaller batches; or never to be taken. */
export type Verdict = 'taken' | 'again' | 'split' | 'refused'

/** What a status means. A redirect is not followed, as in Python, and so refuses. Python: none, every status is a success. */
export function verdictOf(status: number): Verdict {
  if (status >= 200 && status < 300) return 'taken'
  if (status === 413) return 'split'
  return status >= 500 || status === 408 || status === 425 || status === 429 ? 'again' : 'refused'
}

// A server that asks for more does not know what it says.
const LONGEST = 3600

/** Seconds from `now`, in milliseconds since the epoch, that a `Retry-After` asks for, at most an hour; 0 when it asks for none. */
export function retryDelay(retryAfter: string | undefined, now: number): number {
  const value = retryAfter?.trim() ?? ''
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - now) / 1000
  return seconds > 0 ? Math.min(seconds, LONGEST) : 0
}
