// How records come: all at once, or so many a second.

import { setImmediate, setTimeout } from 'node:timers/promises'
import { percentile } from './statistics.js'

export type Log = (n: number) => void

// As many as a busy request handler may write in one turn of the event loop.
const TURN = 100

/** Calls `log` as fast as it returns, without regard for backpressure, as applications do; µs a call. */
export async function burst(log: Log, records: number): Promise<{ call: number }> {
  let busy = 0
  for (let n = 0; n < records; ) {
    const start = performance.now()
    for (const stop = Math.min(n + TURN, records); n < stop; n++) log(n)
    busy += performance.now() - start
    await setImmediate()
  }
  return { call: (busy / records) * 1000 }
}

/** Calls `log` `rate` times a second on a timer of 1 ms; how long calls took, in µs. */
export async function paced(log: Log, records: number, rate: number): Promise<Record<'p50' | 'p99' | 'p999', number>> {
  const latencies = new Float64Array(records)
  const start = performance.now()
  for (let n = 0; n < records; ) {
    await setTimeout(1)
    const due = Math.min(records, Math.floor(((performance.now() - start) / 1000) * rate))
    for (; n < due; n++) {
      const called = performance.now()
      log(n)
      latencies[n] = (performance.now() - called) * 1000
    }
  }
  latencies.sort()
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), p999: percentile(latencies, 0.999) }
}
