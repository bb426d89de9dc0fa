// The same at a steady rate that all can keep up with: how long a call takes the application.

import type { Scenario } from '../scenario.js'
import { jsonPeers } from './file.js'
import { burstColumns, measureFilePeers } from './file-peers.js'

const RATE = 20_000
const SECONDS = 3
const against = 'pino/file (worker)'

export const paced: Scenario = {
  name: 'paced',
  title: `JSON lines to a file at ${RATE} records a second for ${SECONDS} s, a record`,
  size: { records: 60_000, runs: 2 },
  peers: jsonPeers.map(({ label }) => label),
  columns: [
    { figure: 'p50', title: 'call p50 µs', digits: 1 },
    { figure: 'p99', title: 'p99', digits: 1 },
    { figure: 'p999', title: 'p99.9', digits: 0 },
    ...burstColumns.filter(({ figure }) => figure !== 'wall' && figure !== 'call'),
  ],
  ratio: { figure: 'cpu', against },
  goals: [{ peer: 'ours (worker)', figure: 'p50', against, atMost: 1.03 }],
  chart: {
    figure: 'main',
    unit: 'µs of the main thread a record',
    groups: [{ title: `${RATE} records a second to a file`, peers: jsonPeers.map(({ label }) => label) }],
  },
  measure: (_, folder, round) =>
    measureFilePeers(
      jsonPeers.map((peer) => ({ ...peer, rate: RATE })),
      RATE * SECONDS,
      folder,
      round,
    ),
}
