// A peer in Python, in a process of its own that measures itself.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../scripts/sources.js'
import { report } from './report.js'

/** Runs the job that this process was started for, by a script of bench/peers. */
export async function runPython(script: string): Promise<void> {
  const path = join(root, 'bench/peers', script)
  // -B: what the scripts share leaves no compiled file beside them.
  await report(async (job) =>
    JSON.parse(execFileSync('python3', ['-B', path, JSON.stringify(job)], { encoding: 'utf8' })),
  )
}
