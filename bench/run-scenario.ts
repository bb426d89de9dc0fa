// All rounds of a scenario. Peers take turns within a round, each in a fresh process, so that what disturbs one disturbs
// all.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figures, Results, Scenario, Size } from './scenario.js'

/** Measures in a folder of its own, which is gone afterwards, also when the process is told to end. */
export async function runScenario(scenario: Scenario, size: Size): Promise<Results> {
  const folder = mkdtempSync(join(tmpdir(), 'pino-handlers-bench-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    const results = new Map<string, Figures[]>(scenario.peers.map((peer) => [peer, []]))
    for (let round = 0; round < size.runs; round++) {
      for await (const [peer, figures] of scenario.measure(size, folder, round)) results.get(peer)?.push(figures)
    }
    return results
  } finally {
    process.off('exit', remove)
    remove()
  }
}

/** Ends the process at a signal in the way that lets folders be removed. */
export function endAtSignals(): void {
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
}
