// A mail for each record, as Python sends them.

import type { Destination } from '../receiver.js'
import type { Goal, Scenario } from '../scenario.js'
import { burstColumns, wallChart } from './file-peers.js'
import { measureNetworkPeers, type NetworkPeer } from './network-peers.js'

const mail = { fromaddr: 'app@example.com', toaddrs: ['ops@example.com'], subject: 'app failed' }
const hostOf = ({ port }: Destination): readonly [string, number] => ['127.0.0.1', port]

// Each takes its time.
const way = { way: 'smtp', framing: 'lines', oneOf: 125 } as const

function ours(more: object = {}): Pick<NetworkPeer, 'way' | 'framing' | 'oneOf' | 'target' | 'options'> {
  const options = (to: Destination): Record<string, unknown> => ({
    ...mail,
    mailhost: hostOf(to),
    maxMailsPerHour: 0,
    closeTimeout: 9.9,
    ...more,
  })
  return { ...way, target: '@pino-handlers/smtp', options }
}

const python = 'Python SMTPHandler'
const pool = 'nodemailer pool'
const [pooled, single] = ['ours', 'ours, 1 session']

const peers: readonly NetworkPeer[] = [
  { label: pooled, program: 'target-in-process', ...ours() },
  { label: single, program: 'target-in-process', ...ours({ maxConnections: 1 }) },
  { label: 'ours (worker)', program: 'target-worker', ...ours() },
  { label: pool, program: 'nodemailer-pool', ...way, options: ({ port }) => ({ host: '127.0.0.1', port }) },
  {
    label: python,
    program: 'python-network',
    ...way,
    handler: 'smtp',
    needs: 'python3',
    options: (to) => ({ ...mail, mailhost: hostOf(to) }),
  },
]

const whole = peers
  .filter(({ label }) => label.startsWith('ours'))
  .flatMap(({ label }): Goal[] => ['lost', 'duplicate', 'broken'].map((figure) => ({ peer: label, figure, atMost: 0 })))

export const smtp: Scenario = {
  name: 'smtp',
  title: 'mails in a burst until the server has them, a mail',
  size: { records: 100_000, runs: 3 },
  peers: peers.map(({ label }) => label),
  columns: [...burstColumns, { figure: 'rate', title: 'thousand/s', digits: 2 }],
  ratio: { figure: 'rate', against: python },
  goals: [
    { peer: pooled, figure: 'rate', against: python, atLeast: 5 },
    { peer: 'ours (worker)', figure: 'rate', against: python, atLeast: 5 },
    { peer: single, figure: 'rate', against: python, atLeast: 3 },
    { peer: pooled, figure: 'rate', against: pool, atLeast: 0.9 },
    ...whole,
  ],
  chart: {
    ...wallChart({ title: 'a mail for each record', peers: peers.map(({ label }) => label) }),
    unit: 'µs a mail',
  },
  measure: ({ records }, folder, round) => measureNetworkPeers(peers, records, folder, round),
}
