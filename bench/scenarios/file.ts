// Records to a file as they are, as fast as they come.

import type { Scenario } from '../scenario.js'
import { burstColumns, type FilePeer, measureFilePeers, wallChart } from './file-peers.js'

/** Who writes JSON lines to a file; the paced scenario takes them as well. */
export const jsonPeers: readonly FilePeer[] = [
  { label: 'ours (worker)', program: 'ours-worker' },
  { label: 'pino/file (worker)', program: 'pino-file' },
  { label: 'ours (in-process)', program: 'ours-in-process' },
  { label: 'ours (in-process, bufferSize)', program: 'ours-in-process', options: { bufferSize: '64KiB' } },
  { label: 'pino.destination sync', program: 'pino-destination', options: { sync: true } },
  { label: 'pino.destination async', program: 'pino-destination', options: { sync: false, minLength: 4096 } },
  { label: 'winston File', program: 'winston-file' },
]

const limits = ['sonic-boom, lines premade', 'writeSync of 64 KiB, lines premade'] as const

const peers: readonly FilePeer[] = [
  ...jsonPeers,
  { label: limits[0], program: 'sonic-boom' },
  { label: limits[1], program: 'write-sync' },
]

const ours = 'ours (worker)'
const against = 'pino/file (worker)'

export const file: Scenario = {
  name: 'file',
  title: 'JSON lines to a file in a burst, a record',
  size: { records: 300_000, runs: 3 },
  peers: peers.map(({ label }) => label),
  columns: burstColumns,
  ratio: { figure: 'wall', against },
  goals: [
    { peer: ours, figure: 'wall', against, atMost: 1.05 },
    { peer: ours, figure: 'cpu', against, atMost: 1.05 },
    { peer: ours, figure: 'call', against, atMost: 1.03 },
    { peer: ours, figure: 'memory', against, atMost: 1 },
    { peer: ours, figure: 'lost', atMost: 0 },
  ],
  chart: wallChart({ title: 'JSON lines to a file', peers: peers.map(({ label }) => label), limits }),
  measure: ({ records }, folder, round) => measureFilePeers(peers, records, folder, round),
}
