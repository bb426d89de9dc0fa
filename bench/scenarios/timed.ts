// What it costs that a file could roll over or be moved away, while neither happens.

import type { Scenario } from '../scenario.js'
import { burstColumns, type FilePeer, measureFilePeers } from './file-peers.js'

const peers: readonly FilePeer[] = [
  { label: 'file', program: 'ours-worker' },
  {
    label: 'timed-rotating-file',
    program: 'ours-worker',
    handler: 'timed-rotating-file',
    options: { when: 'midnight', backupCount: 7 },
  },
  { label: 'watched-file', program: 'ours-worker', handler: 'watched-file' },
]
const against = 'file'

export const timed: Scenario = {
  name: 'timed',
  title: 'JSON lines in a burst through our workers, no rollover, a record',
  peers: peers.map(({ label }) => label),
  columns: burstColumns,
  ratio: { figure: 'wall', against },
  goals: ['timed-rotating-file', 'watched-file'].flatMap((peer) => [
    { peer, figure: 'wall', against, atMost: 1.05 },
    { peer, figure: 'cpu', against, atMost: 1.05 },
    { peer, figure: 'lost', atMost: 0 },
  ]),
  measure: ({ records }, folder, round) => measureFilePeers(peers, records, folder, round),
}
