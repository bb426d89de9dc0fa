// Seconds, as options have them, for timers.

// A timer that is given more goes off at once.
const LONGEST = 2 ** 31 - 1

/** Seconds as a timer takes them: whole milliseconds, at most 24 days. */
export function milliseconds(seconds: number): number {
  return Math.min(Math.ceil(seconds * 1000), LONGEST)
}
