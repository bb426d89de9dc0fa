// Records over TCP, as fast as they come.

import type { Destination } from '../receiver.js'
import type { Scenario } from '../scenario.js'
import { burstColumns, wallChart } from './file-peers.js'
import { measureNetworkPeers, type NetworkPeer } from './network-peers.js'

const ours = { way: 'tcp', target: '@pino-handlers/socket' } as const
const host = '127.0.0.1'
const ndjson = ({ port }: Destination): Record<string, unknown> => ({ host, port, format: 'ndjson' })
// Pickling takes longer than logging: pino waits rather than that the queue drops records.
const pickle = ({ port }: Destination): Record<string, unknown> => ({ host, port, overflow: 'block' })

const peers: readonly NetworkPeer[] = [
  { label: 'ours, ndjson (worker)', program: 'target-worker', ...ours, framing: 'lines', options: ndjson },
  {
    label: 'raw chunks (worker)',
    program: 'target-worker',
    target: new URL('../peers/raw-socket.js', import.meta.url).href,
    way: 'tcp',
    framing: 'lines',
    options: ({ port }) => ({ port }),
  },
  {
    label: 'pino-socket (worker)',
    program: 'target-worker',
    target: 'pino-socket',
    way: 'tcp',
    framing: 'lines',
    options: ({ port }) => ({ mode: 'tcp', address: host, port }),
  },
  { label: 'ours, ndjson (in-process)', program: 'target-in-process', ...ours, framing: 'lines', options: ndjson },
  {
    label: 'log4js tcp',
    program: 'log4js-tcp',
    way: 'tcp',
    framing: 'log4js',
    options: ({ port }) => ({ host, port }),
  },
  { label: 'ours, pickle (worker)', program: 'target-worker', ...ours, options: pickle },
  { label: 'ours, pickle (in-process)', program: 'target-in-process', ...ours, options: pickle },
  {
    label: 'Python SocketHandler',
    program: 'python-network',
    way: 'tcp',
    handler: 'socket',
    needs: 'python3',
    options: ({ port }) => ({ host, port }),
  },
]

const against = 'raw chunks (worker)'
const [line, pino] = ['ours, ndjson (worker)', 'pino-socket (worker)']
const whole = peers.filter(({ label }) => label.startsWith('ours'))

export const socket: Scenario = {
  name: 'socket',
  title: 'records over TCP in a burst until the receiver has them, a record',
  size: { records: 200_000, runs: 3 },
  peers: peers.map(({ label }) => label),
  columns: burstColumns,
  ratio: { figure: 'wall', against },
  goals: [
    { peer: line, figure: 'wall', against, atMost: 1.05 },
    { peer: line, figure: 'wall', against: pino, atMost: 1 },
    { peer: line, figure: 'cpu', against: pino, atMost: 1 },
    { peer: 'ours, pickle (worker)', figure: 'wall', against: 'Python SocketHandler', atMost: 1 / 3 },
    ...whole.map(({ label }) => ({ peer: label, figure: 'lost', atMost: 0 })),
  ],
  chart: wallChart(
    {
      title: 'JSON lines over TCP',
      peers: [line, against, pino, 'ours, ndjson (in-process)', 'log4js tcp'],
      limits: [against],
    },
    {
      title: 'pickles over TCP',
      peers: ['ours, pickle (worker)', 'ours, pickle (in-process)', 'Python SocketHandler'],
    },
  ),
  measure: ({ records }, folder, round) => measureNetworkPeers(peers, records, folder, round),
}
