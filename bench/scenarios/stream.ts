// Records to stdout, which is a pipe whose reader keeps up.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { runChild } from '../run-child.js'
import type { Figures, Scenario } from '../scenario.js'
import { verify } from '../verify.js'
import { burstColumns, type FilePeer, wallChart } from './file-peers.js'
import { inTurns } from './turns.js'

const ours = { target: '@pino-handlers/stream', options: { stream: 'stdout' } } as const
const against = 'pino/file, destination 1 (worker)'
const limit = 'writeSync of 64 KiB, lines premade'

const peers: readonly FilePeer[] = [
  { label: 'ours (worker)', program: 'target-worker', ...ours },
  { label: against, program: 'target-worker', target: 'pino/file', options: { destination: 1 } },
  { label: 'ours (in-process)', program: 'target-in-process', ...ours },
  { label: 'pino.destination sync', program: 'pino-destination', options: { dest: 1, sync: true } },
  { label: 'winston Console', program: 'winston-console' },
  { label: limit, program: 'write-sync' },
]

export const stream: Scenario = {
  name: 'stream',
  title: 'JSON lines to stdout in a burst, through a pipe into `cat`, a record',
  size: { records: 300_000, runs: 3 },
  peers: peers.map(({ label }) => label),
  columns: burstColumns,
  ratio: { figure: 'wall', against },
  goals: [
    { peer: 'ours (worker)', figure: 'wall', against, atMost: 1.05 },
    ...['lost', 'duplicate', 'broken'].map((figure) => ({ peer: 'ours (worker)', figure, atMost: 0 })),
  ],
  chart: wallChart({ title: 'to stdout, a pipe', peers: peers.map(({ label }) => label), limits: [limit] }),
  async *measure({ records }, folder, round): AsyncGenerator<readonly [string, Figures]> {
    for (const { label, program, ...job } of inTurns(peers, round)) {
      const into = join(folder, 'stdout')
      const figures = await runChild<Figures>(`peers/${program}`, { ...job, file: '/dev/stdout', records }, into)
      yield [label, { ...figures, ...(await verify([into], records)) }]
      rmSync(into)
    }
  },
}
