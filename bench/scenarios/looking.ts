// What it costs to look at each record in the worker, so long as a batch is still written at once.

import type { Scenario } from '../scenario.js'
import { burstColumns, type FilePeer, measureFilePeers, wallChart } from './file-peers.js'

const hooks = new URL('../peers/hooks.js', import.meta.url).href
const peers: readonly FilePeer[] = [
  { label: 'ours, raw', program: 'ours-worker' },
  { label: 'ours, filter', program: 'ours-worker', options: { filter: `${hooks}#readsLevelAndTime` } },
  { label: 'ours, formatter', program: 'ours-worker', options: { formatter: `${hooks}#showsLevelAndTime` } },
  { label: 'ours, level', program: 'ours-worker', options: { level: 'info' } },
]
const against = 'ours, raw'

export const looking: Scenario = {
  name: 'looking',
  title: 'JSON lines to a file in a burst, level and time of each one read in the worker, a record',
  size: { records: 300_000, runs: 3 },
  peers: peers.map(({ label }) => label),
  columns: burstColumns,
  ratio: { figure: 'wall', against },
  goals: [
    { peer: 'ours, filter', figure: 'wall', against, atMost: 1.15 },
    { peer: 'ours, formatter', figure: 'wall', against, atMost: 1.15 },
  ],
  chart: wallChart({ title: 'records looked at, to a file', peers: peers.map(({ label }) => label) }),
  measure: ({ records }, folder, round) => measureFilePeers(peers, records, folder, round),
}
