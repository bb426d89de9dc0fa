// One logger to three files, with the same level for each and with a level of its own for each.

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runChild } from '../run-child.js'
import type { Figures, Goal, Scenario } from '../scenario.js'
import { verify } from '../verify.js'
import { burstColumns, wallChart } from './file-peers.js'
import { inTurns } from './turns.js'

interface Peer {
  readonly label: string
  readonly program: string
  readonly handler?: string
  /** The target of a file, and the option that its path is. */
  readonly target: string
  readonly path: 'filename' | 'destination'
  readonly levels?: readonly string[]
  readonly needs?: string
}

// Every tenth record is a warning.
const levels = ['debug', 'info', 'warn']
const ours = { program: 'fan-out', handler: 'queue-listener', target: '@pino-handlers/file', path: 'filename' } as const
const pinos = { program: 'fan-out', target: 'pino/file', path: 'destination' } as const
const python = { program: 'python-fan-out', target: '', path: 'filename', needs: 'python3' } as const

const label = (who: string): string => `${who}, a level for each`
const peers: readonly Peer[] = [
  { label: 'ours', ...ours },
  { label: 'pino targets', ...pinos },
  { label: "Python's QueueListener", ...python },
  { label: label('ours'), ...ours, levels },
  { label: label('pino targets'), ...pinos, levels },
  { label: label("Python's QueueListener"), ...python, levels },
]

const FILES = 3

const goals = (peer: string, against: string, atMost: number): Goal[] => [
  { peer, figure: 'wall', against, atMost },
  { peer, figure: 'cpu', against, atMost },
  { peer, figure: 'memory', against, atMost },
  ...['lost', 'duplicate', 'broken'].map((figure) => ({ peer, figure, atMost: 0 })),
]

export const fanOut: Scenario = {
  name: 'fan-out',
  title: 'JSON lines to three files in a burst, a record',
  size: { records: 150_000, runs: 3 },
  peers: peers.map((peer) => peer.label),
  columns: burstColumns,
  ratio: { figure: 'wall', against: 'pino targets' },
  goals: [...goals('ours', 'pino targets', 0.4), ...goals(label('ours'), label('pino targets'), 0.5)],
  chart: wallChart(
    { title: 'to three files', peers: peers.filter(({ levels }) => !levels).map((peer) => peer.label) },
    {
      title: 'to three files, a level for each',
      peers: peers.filter(({ levels }) => levels).map((peer) => peer.label),
    },
  ),
  async *measure({ records }, folder, round): AsyncGenerator<readonly [string, Figures]> {
    for (const { label, program, handler, ...peer } of inTurns(peers, round)) {
      const logs = join(folder, 'logs')
      mkdirSync(logs)
      const targets = targetsIn(logs, peer)
      const job = { file: logs, records, options: { targets }, ...(handler ? { handler } : {}) }
      const figures = await runChild<Figures>(`peers/${program}`, job)
      yield [label, { ...figures, ...(await faultsIn(logs, records, peer.levels)) }]
      rmSync(logs, { recursive: true })
    }
  },
}

const fileIn = (logs: string, index: number): string => join(logs, `${index}.log`)

function targetsIn(logs: string, { target, path, levels }: Pick<Peer, 'target' | 'path' | 'levels'>): object[] {
  return Array.from({ length: FILES }, (_, index) => ({
    target,
    options: { [path]: fileIn(logs, index) },
    ...(levels && { level: levels[index] }),
  }))
}

async function faultsIn(logs: string, records: number, levels?: readonly string[]): Promise<Figures> {
  const sum = { lost: 0, duplicate: 0, broken: 0 }
  for (let index = 0; index < FILES; index++) {
    const { lost, duplicate, broken } = await verify([fileIn(logs, index)], records)
    const wanted = levels?.[index] === 'warn' ? Math.ceil(records / 10) : records
    sum.lost += Math.abs(lost - (records - wanted))
    sum.duplicate += duplicate
    sum.broken += broken
  }
  return sum
}
