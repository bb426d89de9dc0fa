// The child's side of run-child.ts.

import type { Job } from './job.js'
import type { Figures } from './scenario.js'

/** Does the job of this process and sends its result to the parent. */
export async function report(work: (job: Job) => Promise<Figures | Readonly<Record<string, Figures>>>): Promise<void> {
  // A worker that is unref'd would let the process end before its last word.
  const alive = setInterval(() => {}, 60_000)
  const result = await work(JSON.parse(process.argv[2] ?? ''))
  process.send?.(result)
  clearInterval(alive)
}
