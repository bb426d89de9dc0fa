// Records to a file as Python's Formatter writes them.

import { FORMAT } from '../record.js'
import type { Scenario } from '../scenario.js'
import { burstColumns, type FilePeer, measureFilePeers, wallChart } from './file-peers.js'

const options = { formatter: { fmt: FORMAT } }
const buffered = { ...options, bufferSize: '64KiB' }
const peers: readonly FilePeer[] = [
  { label: 'ours (worker)', program: 'ours-worker', options, formatted: true },
  { label: 'ours (in-process)', program: 'ours-in-process', options, formatted: true },
  // winston gathers what it writes; this is ours doing so.
  { label: 'ours (in-process, bufferSize)', program: 'ours-in-process', options: buffered, formatted: true },
  { label: 'winston File, printf', program: 'winston-file', formatted: true },
]
const against = 'winston File, printf'

export const formatted: Scenario = {
  name: 'formatted',
  title: `lines of '${FORMAT}' to a file in a burst, a record`,
  size: { records: 300_000, runs: 3 },
  peers: peers.map(({ label }) => label),
  columns: burstColumns,
  ratio: { figure: 'wall', against },
  goals: [
    { peer: 'ours (worker)', figure: 'wall', against, atMost: 0.5 },
    { peer: 'ours (in-process)', figure: 'wall', against, atMost: 0.5 },
    { peer: 'ours (in-process, bufferSize)', figure: 'wall', against, atMost: 0.5 },
  ],
  chart: wallChart({ title: 'formatted lines to a file', peers: peers.map(({ label }) => label) }),
  measure: ({ records }, folder, round) => measureFilePeers(peers, records, folder, round),
}
