// The body of a peer's process: opens the destination, logs, ends it, and tells what that took.

import type { Job } from './job.js'
import { burst, type Log, paced } from './load.js'
import { peakMemory, read } from './measure.js'
import { report } from './report.js'

export interface Destination {
  /** Logs the record with this number. */
  readonly log: Log
  /** Resolves when the file is complete and closed, as far as the peer can tell. */
  end(): Promise<unknown>
}

/** Runs the job that this process was started for. */
export async function runPeer(open: (job: Job) => Destination | Promise<Destination>): Promise<void> {
  await report(async (job) => {
    const { log, end } = await open(job)
    const before = read()
    const calls = job.rate ? await paced(log, job.records, job.rate) : await burst(log, job.records)
    await end()
    const after = read()
    const each = (milliseconds: number): number => (milliseconds / job.records) * 1000
    return {
      ...calls,
      began: before.clock,
      wall: each(after.clock - before.clock),
      main: each(after.main - before.main),
      cpu: each(after.cpu - before.cpu),
      memory: peakMemory(),
    }
  })
}
