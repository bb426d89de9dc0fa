// What it costs that a file could roll over or be moved away, while neither happens.

import type { Scenario } from '../scenario.js'
import { burstColumns, type FilePeer, measureFilePeers, wallChart } from './file-peers.js'

const midnight = { when: 'midnight', backupCount: 7 }
const [timedFile, watchedFile] = ['ours, timed-rotating-file (worker)', 'ours, watched-file (worker)']
const python = { program: 'python-file', needs: 'python3' } as const
const pythons = { timed: "Python's TimedRotatingFileHandler", watched: "Python's WatchedFileHandler" }
const against = 'ours, file (worker)'

const peers: readonly FilePeer[] = [
  { label: against, program: 'ours-worker' },
  { label: timedFile, program: 'ours-worker', handler: 'timed-rotating-file', options: midnight },
  { label: 'pino-roll, daily (worker)', program: 'pino-roll', options: { frequency: 'daily' } },
  { label: 'winston-daily-rotate-file', program: 'winston-daily-rotate-file' },
  { label: pythons.timed, ...python, handler: 'timed-rotating-file', options: midnight },
  { label: watchedFile, program: 'ours-worker', handler: 'watched-file' },
  { label: pythons.watched, ...python, handler: 'watched-file' },
]

export const timed: Scenario = {
  name: 'timed',
  title: 'JSON lines in a burst to files that could roll over at midnight or be moved away, no rollover, a record',
  size: { records: 200_000, runs: 3 },
  peers: peers.map(({ label }) => label),
  columns: burstColumns,
  ratio: { figure: 'wall', against },
  goals: [timedFile, watchedFile].flatMap((peer) => [
    { peer, figure: 'wall', against, atMost: 1.05 },
    { peer, figure: 'cpu', against, atMost: 1.05 },
    { peer, figure: 'lost', atMost: 0 },
  ]),
  chart: wallChart(
    {
      title: 'a file that rolls over at midnight',
      peers: [timedFile, against, 'pino-roll, daily (worker)', 'winston-daily-rotate-file', pythons.timed],
    },
    { title: 'a file that may be moved away', peers: [watchedFile, against, pythons.watched] },
  ),
  measure: ({ records }, folder, round) => measureFilePeers(peers, records, folder, round),
}
