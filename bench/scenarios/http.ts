// Records over HTTP, in batches as fast as they come, and one by one.

import type { Destination } from '../receiver.js'
import type { Goal, Scenario } from '../scenario.js'
import { burstColumns, wallChart } from './file-peers.js'
import { measureNetworkPeers, type NetworkPeer } from './network-peers.js'

const way = 'http'
const ours = { way, target: '@pino-handlers/http' } as const
const limit = { way, framing: 'lines', target: new URL('../peers/raw-undici.js', import.meta.url).href } as const
const url = '/'
const hostOf = ({ port }: Destination): string => `127.0.0.1:${port}`
const originOf = (to: Destination): string => `http://${hostOf(to)}`

const batches = (format: string, more: object = {}): Pick<NetworkPeer, 'framing' | 'options'> => ({
  framing: 'lines',
  // Sending may take longer than logging: pino waits rather than that the queue drops records.
  options: (to) => ({ host: hostOf(to), url, format, overflow: 'block', closeTimeout: 9.9, ...more }),
})

// A request for each record. What is in the queue at the end has to be sent within closeTimeout.
const oneByOne = { way, framing: 'lines', oneOf: 40 } as const
const forms = { method: 'POST', maxQueueBytes: '1MB' }

// Those that take several times as long get fewer records.
const SLOWER = 4

const inWorker = { worker: 'ours, ndjson (worker)', limit: 'undici alone (worker)' }
const inProcess = { chunks: 'ours, ndjson, chunks', limit: 'undici alone, chunks' }
const form = { ours: 'ours, python-form, chunks', four: 'ours, python-form, 4 at a time', python: 'Python HTTPHandler' }
const others = { send: 'pino-http-send', loki: 'pino-loki (worker)', winston: 'winston Http' }

const peers: readonly NetworkPeer[] = [
  { label: inWorker.worker, program: 'target-worker', ...ours, ...batches('ndjson') },
  { label: inWorker.limit, program: 'target-worker', ...limit, options: ({ port }) => ({ port }) },
  {
    label: others.loki,
    oneOf: SLOWER,
    program: 'target-worker',
    way,
    framing: 'lines',
    target: 'pino-loki',
    // By default it drops all but the last 10,000 of five seconds.
    options: (to) => ({ host: originOf(to), batching: { interval: 0.1, maxBufferSize: 0 } }),
  },
  {
    label: others.send,
    oneOf: SLOWER,
    program: 'pino-http-send',
    way,
    framing: 'lines',
    options: (to) => ({ url: originOf(to), bodyType: 'ndjson', batchSize: 1000, timeout: 100 }),
  },
  {
    label: others.winston,
    oneOf: SLOWER,
    program: 'winston-http',
    way,
    framing: 'lines',
    options: ({ port }) => ({ host: '127.0.0.1', port, batch: true, batchCount: 1000, batchInterval: 100 }),
  },
  { label: inProcess.chunks, program: 'chunks-in-process', ...ours, ...batches('ndjson') },
  { label: inProcess.limit, program: 'chunks-in-process', ...limit, options: ({ port }) => ({ port }) },
  { label: 'ours, json, chunks', program: 'chunks-in-process', ...ours, ...batches('json') },
  { label: 'ours, gzip, chunks', program: 'chunks-in-process', ...ours, ...batches('ndjson', { gzip: true }) },
  { label: form.ours, program: 'chunks-in-process', ...ours, ...batches('python-form', forms), ...oneByOne },
  {
    label: form.four,
    program: 'chunks-in-process',
    ...ours,
    ...batches('python-form', { ...forms, concurrency: 4 }),
    ...oneByOne,
  },
  {
    label: form.python,
    program: 'python-network',
    handler: 'http',
    needs: 'python3',
    ...oneByOne,
    options: (to) => ({ host: hostOf(to), url, method: 'POST' }),
  },
]

const whole = peers
  .filter(({ label }) => label.startsWith('ours'))
  .flatMap(({ label }): Goal[] => ['lost', 'duplicate', 'broken'].map((figure) => ({ peer: label, figure, atMost: 0 })))

export const http: Scenario = {
  name: 'http',
  title: 'records over HTTP in a burst until the server has them, a record',
  size: { records: 1_000_000, runs: 2 },
  peers: peers.map(({ label }) => label),
  columns: [...burstColumns, { figure: 'rate', title: 'thousand/s', digits: 1 }],
  ratio: { figure: 'rate', against: inProcess.limit },
  goals: [
    { peer: inProcess.chunks, figure: 'rate', against: inProcess.limit, atLeast: 0.85 },
    { peer: inWorker.worker, figure: 'rate', against: inWorker.limit, atLeast: 0.85 },
    ...Object.values(others).map((against) => ({ peer: inWorker.worker, figure: 'rate', against, atLeast: 1 })),
    { peer: form.ours, figure: 'rate', against: form.python, atLeast: 3 },
    // Without the order of records the server's time is no longer waited for.
    { peer: form.four, figure: 'rate', against: form.python, atLeast: 3 },
    ...whole,
  ],
  chart: wallChart(
    {
      title: 'batches, through pino',
      peers: [inWorker.worker, ...Object.values(others), inWorker.limit],
      limits: [inWorker.limit],
    },
    {
      title: 'batches, from chunks of 64 KiB',
      peers: [inProcess.chunks, 'ours, json, chunks', 'ours, gzip, chunks', inProcess.limit],
      limits: [inProcess.limit],
    },
    { title: 'a request for each record', peers: Object.values(form) },
  ),
  measure: ({ records }, folder, round) => measureNetworkPeers(peers, records, folder, round),
}
