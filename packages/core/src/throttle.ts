// Saying something often without repeating it.

/** Lets each key through once an interval and counts the rest. */
export class Throttle {
  readonly #interval: number
  readonly #keys = new Map<string, { at: number; held: number }>()

  /** @param interval in milliseconds */
  constructor(interval: number) {
    this.#interval = interval
  }

  /** How many were held back since `key` was last let through, plus this one's `amount`; undefined while it is held back. */
  pass(key: string, amount: number, now: number): number | undefined {
    const state = this.#keys.get(key)
    if (state && now - state.at < this.#interval) {
      state.held += amount
      return undefined
    }
    this.#keys.set(key, { at: now, held: 0 })
    return amount + (state?.held ?? 0)
  }

  /** What is still held back, by key; it counts as said afterwards. */
  rest(): ReadonlyMap<string, number> {
    const rest = new Map<string, number>()
    for (const [key, state] of this.#keys) {
      if (state.held > 0) rest.set(key, state.held)
      state.held = 0
    }
    return rest
  }
}
