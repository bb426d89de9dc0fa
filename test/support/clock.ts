// A clock that the test moves. Node's own mock loses timers when many are set and cleared (Node 20).

import type { TestContext } from 'node:test'

interface Timer {
  readonly at: number
  run(): void
  ref(): Timer
  unref(): Timer
  hasRef(): boolean
}

/** Stands in for setTimeout, clearTimeout and performance.now until the end of the test. */
export class Clock {
  #now = 0
  // In the order in which they were set.
  readonly #timers = new Set<unknown>()

  constructor(t: Pick<TestContext, 'mock'>) {
    const clear = globalThis.clearTimeout
    t.mock.method(performance, 'now', () => this.#now)
    t.mock.method(globalThis, 'setTimeout', (run: () => void, delay = 0) => {
      const timer = timerOf(this.#now + delay, run)
      this.#timers.add(timer)
      return timer
    })
    t.mock.method(globalThis, 'clearTimeout', (timer: NodeJS.Timeout | undefined) => {
      if (!this.#timers.delete(timer)) clear(timer)
    })
  }

  /** Lets time pass, in milliseconds; what is due on the way happens at its time. */
  passes(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (let next = this.#next; next && next.at <= end; next = this.#next) {
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
    }
    this.#now = end
  }

  get #next(): Timer | undefined {
    return [...this.#timers].filter(isTimer).sort((a, b) => a.at - b.at)[0]
  }
}

function isTimer(timer: unknown): timer is Timer {
  return typeof timer === 'object' && timer !== null && 'at' in timer
}

function timerOf(at: number, run: () => void): Timer {
  const timer: Timer = { at, run, ref: () => timer, unref: () => timer, hasRef: () => false }
  return timer
}
