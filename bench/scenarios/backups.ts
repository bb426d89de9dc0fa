// What a rollover costs beyond the renames that it cannot do without.

import { join } from 'node:path'
import { runChild } from '../run-child.js'
import type { Figures, Scenario } from '../scenario.js'

const COUNTS = [10, 100, 1000]
const labelOf = (backupCount: number): string => `backupCount ${backupCount}`

export const backups: Scenario = {
  name: 'backups',
  title: 'a rollover of rotating-file with all its backups there, beside as many renameSync and a new file',
  size: { records: 1, runs: 3 },
  peers: COUNTS.map(labelOf),
  columns: [
    { figure: 'rollover', title: 'rollover µs', digits: 0 },
    { figure: 'renames', title: 'renames µs', digits: 0 },
    { figure: 'beyond', title: 'beyond µs', digits: 0 },
    { figure: 'each', title: 'beyond µs/backup', digits: 2 },
    { figure: 'ratio', title: 'rollover / renames', digits: 2 },
  ],
  ratio: { figure: 'rollover', against: labelOf(10) },
  goals: [{ peer: labelOf(1000), figure: 'ratio', atMost: 1.25 }],
  async *measure(_, folder): AsyncGenerator<readonly [string, Figures]> {
    for (const backupCount of COUNTS) {
      const job = { file: join(folder, 'app.log'), records: 0, caps: { maxBytes: 1024, backupCount } }
      yield [labelOf(backupCount), await runChild<Figures>('peers/backups', job)]
    }
  },
}
