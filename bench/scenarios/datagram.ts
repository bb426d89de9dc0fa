// Records as datagrams, over UDP and to a Unix socket, as fast as they come.

import type { Destination } from '../receiver.js'
import type { Scenario } from '../scenario.js'
import { burstColumns, wallChart } from './file-peers.js'
import { measureNetworkPeers, type NetworkPeer } from './network-peers.js'

const host = '127.0.0.1'
const worker = { program: 'target-worker', target: '@pino-handlers/datagram' } as const
const inProcess = { ...worker, program: 'target-in-process' } as const
// Sending takes longer than logging: pino waits rather than that the queue drops records.
const overflow = 'block'
const ndjson = ({ port }: Destination): Record<string, unknown> => ({ host, port, format: 'ndjson', overflow })
const pickle = ({ port }: Destination): Record<string, unknown> => ({ host, port, overflow })
const unix = ({ path }: Destination): Record<string, unknown> => ({ host: path, port: null, overflow })
const own = ({ port, path }: Destination): Record<string, unknown> =>
  port === 0 ? { host: path, port: null } : { host, port }
const python = { program: 'python-network', handler: 'datagram', needs: 'python3' } as const
const raw = new URL('../peers/raw-datagrams.js', import.meta.url).href

const peers: readonly NetworkPeer[] = [
  { label: 'ours, ndjson (worker)', way: 'udp', ...worker, options: ndjson },
  { label: 'raw sends (worker)', way: 'udp', program: 'target-worker', target: raw, options: ({ port }) => ({ port }) },
  { label: 'ours, ndjson (in-process)', way: 'udp', ...inProcess, options: ndjson },
  {
    label: 'raw sends (in-process)',
    way: 'udp',
    program: 'raw-datagrams-in-process',
    options: ({ port }) => ({ port }),
  },
  { label: 'ours, pickle (worker)', way: 'udp', ...worker, options: pickle },
  { label: 'Python DatagramHandler', way: 'udp', ...python, options: own },
  { label: 'ours, pickle, Unix (worker)', way: 'unix-datagram', ...worker, options: unix },
  { label: 'Python DatagramHandler, Unix', way: 'unix-datagram', ...python, options: own },
]

// Of what is sent as fast: one through nine tenths.
const ATMOST = 1 / 0.9

export const datagram: Scenario = {
  name: 'datagram',
  title: 'a datagram for each record in a burst until the receiver has them, a record',
  size: { records: 100_000, runs: 3 },
  peers: peers.map(({ label }) => label),
  columns: burstColumns,
  ratio: { figure: 'wall', against: 'raw sends (worker)' },
  goals: [
    { peer: 'ours, ndjson (worker)', figure: 'wall', against: 'raw sends (worker)', atMost: ATMOST },
    { peer: 'ours, ndjson (in-process)', figure: 'wall', against: 'raw sends (in-process)', atMost: ATMOST },
    { peer: 'ours, pickle (worker)', figure: 'wall', against: 'Python DatagramHandler', atMost: 1 },
    { peer: 'ours, pickle, Unix (worker)', figure: 'wall', against: 'Python DatagramHandler, Unix', atMost: 1 },
    { peer: 'ours, pickle, Unix (worker)', figure: 'lost', atMost: 0 },
  ],
  chart: wallChart(
    {
      title: 'JSON lines over UDP, in a worker',
      peers: ['ours, ndjson (worker)', 'raw sends (worker)'],
      limits: ['raw sends (worker)'],
    },
    {
      title: 'JSON lines over UDP, in-process',
      peers: ['ours, ndjson (in-process)', 'raw sends (in-process)'],
      limits: ['raw sends (in-process)'],
    },
    { title: 'pickles over UDP', peers: ['ours, pickle (worker)', 'Python DatagramHandler'] },
    { title: 'pickles to a Unix socket', peers: ['ours, pickle, Unix (worker)', 'Python DatagramHandler, Unix'] },
  ),
  measure: ({ records }, folder, round) => measureNetworkPeers(peers, records, folder, round),
}
