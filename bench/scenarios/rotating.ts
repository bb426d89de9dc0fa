// A file that rolls over at a size, as fast as records come.

import type { Goal, Scenario } from '../scenario.js'
import { burstColumns, type FilePeer, measureFilePeers, wallChart } from './file-peers.js'

const caps = { maxBytes: 10 * 1024 * 1024, backupCount: 100 }
const ours = 'ours (worker)'
const gzip = 'ours (worker), gzip'
const plain = 'ours, file (worker)'
const pinoRoll = 'pino-roll (worker)'
const slower = ['rotating-file-stream', 'winston-daily-rotate-file', 'log4js', "Python's RotatingFileHandler"]

const peers: readonly FilePeer[] = [
  { label: ours, program: 'ours-worker', handler: 'rotating-file', caps },
  {
    label: gzip,
    program: 'ours-worker',
    handler: 'rotating-file',
    caps,
    // Time to compress what is left at the end: as much as a worker has.
    options: { compress: 'gzip', closeTimeout: 9 },
  },
  { label: plain, program: 'ours-worker' },
  { label: pinoRoll, program: 'pino-roll', caps },
  { label: 'rotating-file-stream', program: 'rotating-file-stream', caps },
  { label: 'winston-daily-rotate-file', program: 'winston-daily-rotate-file', caps },
  { label: 'log4js', program: 'log4js', caps },
  { label: "Python's RotatingFileHandler", program: 'python-file', handler: 'rotating-file', caps, needs: 'python3' },
]

// What two runs of one peer differ by.
const SAME = 1.05

const whole = (peer: string): Goal[] =>
  ['lost', 'duplicate', 'broken', 'over'].map((figure) => ({ peer, figure, atMost: 0 }))

export const rotating: Scenario = {
  name: 'rotating',
  title: 'JSON lines in a burst to files of 10 MiB at most, a record; with gzip the wall ends when all is compressed',
  size: { records: 200_000, runs: 3 },
  peers: peers.map(({ label }) => label),
  columns: [
    ...burstColumns,
    { figure: 'split', title: 'split', digits: 0 },
    { figure: 'files', title: 'files', digits: 0 },
    { figure: 'over', title: 'bytes over', digits: 0 },
  ],
  ratio: { figure: 'wall', against: plain },
  goals: [
    { peer: ours, figure: 'wall', against: plain, atMost: 1.05 },
    { peer: ours, figure: 'wall', against: pinoRoll, atMost: SAME },
    { peer: ours, figure: 'cpu', against: pinoRoll, atMost: SAME },
    ...slower.map((against) => ({ peer: ours, figure: 'wall', against, atMost: 1 })),
    ...whole(ours),
    // Not the time of calls: where there are fewer cores than threads, compressing takes turns with them.
    { peer: gzip, figure: 'main', against: ours, atMost: SAME },
    ...whole(gzip),
  ],
  chart: wallChart({ title: 'to files of 10 MiB at most', peers: peers.map(({ label }) => label) }),
  measure: ({ records }, folder, round) => measureFilePeers(peers, records, folder, round),
}
