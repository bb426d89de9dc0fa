// The body of a peer's process: opens the destination, logs, ends it, and tells what that took.

import type { Job } from './job.js'
import { burst, type Log, paced } from './load.js'
import { peakMemory, read } from './measure.js'
import { report } from './report.js'
import type { Figures } from './scenario.js'

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
    return measured(job.records, async () => {
      const calls = job.rate ? await paced(log, job.records, job.rate) : await burst(log, job.records)
      await end()
      return calls
    })
  })
}

/** What `work` took, in µs a record, beside its own figures. */
export async function measured(records: number, work: () => Promise<Figures>): Promise<Figures> {
  const before = read()
  const figures = await work()
  const after = read()
  const each = (milliseconds: number): number => (milliseconds / records) * 1000
  return {
    ...figures,
    began: before.clock,
    wall: each(after.clock - before.clock),
    main: each(after.main - before.main),
    cpu: each(after.cpu - before.cpu),
    memory: peakMemory(),
  }
}
