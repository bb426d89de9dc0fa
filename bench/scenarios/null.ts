// Records that nobody wants: what pino and its worker take by themselves.

import { runChild } from '../run-child.js'
import type { Figures, Scenario } from '../scenario.js'
import { burstColumns, type FilePeer, wallChart } from './file-peers.js'
import { inTurns } from './turns.js'

const target = '@pino-handlers/null'
const nothing = new URL('../peers/nothing.js', import.meta.url).href
const inWorker = { ours: 'ours (worker)', limit: 'a Writable that forgets (worker)' }
const inProcess = { ours: 'ours (in-process)', off: 'pino, enabled: false', limit: 'pino to an empty function' }

const peers: readonly FilePeer[] = [
  { label: inWorker.ours, program: 'target-worker', target },
  { label: inWorker.limit, program: 'target-worker', target: nothing },
  { label: inProcess.ours, program: 'target-in-process', target },
  { label: inProcess.limit, program: 'pino-nothing' },
  { label: inProcess.off, program: 'pino-nothing', options: { enabled: false } },
]

export const nullScenario: Scenario = {
  name: 'null',
  title: 'records to nowhere in a burst, a record',
  size: { records: 500_000, runs: 3 },
  peers: peers.map(({ label }) => label),
  columns: burstColumns.filter(({ figure }) => !['lost', 'duplicate', 'broken'].includes(figure)),
  ratio: { figure: 'wall', against: inWorker.limit },
  goals: [{ peer: inWorker.ours, figure: 'wall', against: inWorker.limit, atMost: 1.05 }],
  chart: wallChart(
    { title: 'in a worker', peers: Object.values(inWorker), limits: [inWorker.limit] },
    { title: 'in-process', peers: Object.values(inProcess), limits: [inProcess.limit] },
  ),
  async *measure({ records }, _folder, round): AsyncGenerator<readonly [string, Figures]> {
    for (const { label, program, ...job } of inTurns(peers, round)) {
      yield [label, await runChild<Figures>(`peers/${program}`, { ...job, file: '', records })]
    }
  },
}
