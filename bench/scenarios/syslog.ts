// Records as messages of RFC 5424, over TCP and UDP, as fast as they come.

import type { Goal, Scenario } from '../scenario.js'
import { burstColumns, wallChart } from './file-peers.js'
import { measureNetworkPeers, type NetworkPeer } from './network-peers.js'

const host = '127.0.0.1'
const target = '@pino-handlers/syslog'
// As long as what ours puts before a line.
const HEAD = '<14>1 2024-11-22T13:05:04.123000Z localhost app 12345 - - '

const peers: readonly NetworkPeer[] = (['tcp', 'udp'] as const).flatMap((way): NetworkPeer[] => {
  const lines = { way, framing: way === 'tcp' ? 'lines' : 'length' } as const
  return [
    {
      label: `ours, ${way} (worker)`,
      program: 'target-worker',
      target,
      way,
      framing: way === 'tcp' ? 'octets' : 'length',
      // Sending may take longer than logging: pino waits rather than that the queue drops records.
      options: ({ port }) => ({ protocol: 'rfc5424', socktype: way, address: [host, port], overflow: 'block' }),
    },
    {
      label: `pino-syslog | pino-socket, ${way} (worker)`,
      program: 'pino-syslog',
      ...lines,
      options: ({ port }) => ({ mode: way, address: host, port }),
    },
    {
      label: `winston-syslog, ${way}`,
      program: 'winston-syslog',
      ...lines,
      options: ({ port }) => ({ host, port, protocol: `${way}4`, ...(way === 'tcp' ? { eol: '\n' } : {}) }),
    },
    {
      label: `LogTape, ${way}`,
      program: 'logtape-syslog',
      ...lines,
      options: ({ port }) => ({ hostname: host, port, protocol: way }),
    },
    {
      label: `Python SysLogHandler, ${way}`,
      program: 'python-network',
      handler: 'syslog',
      way,
      framing: way === 'tcp' ? 'nul' : 'length',
      needs: 'python3',
      options: ({ port }) => ({ port, tcp: way === 'tcp' }),
    },
  ]
})

const floor: NetworkPeer = {
  label: 'raw sends, udp (worker)',
  program: 'target-worker',
  target: new URL('../peers/raw-datagrams.js', import.meta.url).href,
  way: 'udp',
  options: ({ port }) => ({ port, head: HEAD }),
}

const labels = [...peers, floor].map(({ label }) => label)

export const syslog: Scenario = {
  name: 'syslog',
  title: 'messages of RFC 5424 in a burst until the receiver has them, a record',
  size: { records: 100_000, runs: 3 },
  peers: labels,
  columns: burstColumns,
  ratio: { figure: 'wall', against: 'ours, tcp (worker)' },
  goals: [
    ...['tcp', 'udp'].flatMap((way): Goal[] => {
      const peer = `ours, ${way} (worker)`
      return [
        { peer, figure: 'wall', against: `pino-syslog | pino-socket, ${way} (worker)`, atMost: 1 / 2.5 },
        { peer, figure: 'wall', against: `LogTape, ${way}`, atMost: 1 },
      ]
    }),
    { peer: 'ours, udp (worker)', figure: 'wall', against: floor.label, atMost: 1 / 0.9 },
    { peer: 'ours, tcp (worker)', figure: 'lost', atMost: 0 },
  ],
  chart: wallChart(
    { title: 'over TCP', peers: labels.filter((label) => label.includes('tcp')) },
    { title: 'over UDP', peers: labels.filter((label) => label.includes('udp')), limits: [floor.label] },
  ),
  measure: ({ records }, folder, round) => measureNetworkPeers([...peers, floor], records, folder, round),
}
