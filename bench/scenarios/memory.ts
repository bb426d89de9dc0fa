// A memory handler as a flight recorder: the last records before an error, or the records of the requests that fail.

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CAPACITY, KEY, memoryLoad } from '../memory-load.js'
import { runChild } from '../run-child.js'
import type { Figures, Goal, Scenario } from '../scenario.js'
import { verify } from '../verify.js'
import { burstColumns, wallChart } from './file-peers.js'
import { inTurns } from './turns.js'

interface Peer {
  readonly label: string
  readonly program: string
  readonly target?: string
  /** Its options, which say where the file is. */
  options(filename: string): Readonly<Record<string, unknown>>
  /** Every record comes out. */
  readonly all?: boolean
  readonly needs?: string
}

type Options = Peer['options']

const toFile = (filename: string): object => ({ target: '@pino-handlers/file', options: { filename } })
const last: Options = (file) => ({ capacity: CAPACITY, onFull: 'drop-oldest', target: toFile(file) })
const flush: Options = (file) => ({ capacity: CAPACITY, target: toFile(file) })
// Room for all requests that are under way.
const byKey: Options = (file) => ({ capacity: CAPACITY, keyBy: KEY, maxBytes: '64MiB', target: toFile(file) })

const target = '@pino-handlers/memory'
const worker = { program: 'memory-worker', target }
const chunks = { program: 'memory-chunks', target }

const ours = 'ours, drop-oldest (worker)'
const direct = 'ours, drop-oldest, chunks'
const keyed = 'ours, keyBy (worker)'
const keyedDirect = 'ours, keyBy, chunks'
const against = 'pino/file (worker)'

const peers: readonly Peer[] = [
  { label: ours, ...worker, options: last },
  { label: 'ours, flush (worker)', ...worker, options: flush, all: true },
  { label: keyed, ...worker, options: byKey },
  {
    label: against,
    program: 'memory-worker',
    target: 'pino/file',
    options: (destination) => ({ destination }),
    all: true,
  },
  { label: 'LogTape fingersCrossed', program: 'logtape-fingers-crossed', options: () => ({}) },
  {
    label: "Python's MemoryHandler, flush",
    program: 'python-memory',
    options: () => ({ capacity: CAPACITY }),
    all: true,
    needs: 'python3',
  },
  { label: direct, ...chunks, options: last },
  { label: keyedDirect, ...chunks, options: byKey },
]

const exact = (peer: string): Goal[] =>
  ['lost', 'extra', 'duplicate', 'broken'].map((figure) => ({ peer, figure, atMost: 0 }))

export const memory: Scenario = {
  name: 'memory',
  title: `the last ${CAPACITY} records before an error, or those of 1 % of requests, in a burst or in chunks of 64 KiB, a record`,
  size: { records: 200_000, runs: 3 },
  peers: peers.map(({ label }) => label),
  columns: [
    ...burstColumns,
    { figure: 'extra', title: 'too many', digits: 0 },
    { figure: 'rate', title: 'million/s', digits: 2 },
  ],
  ratio: { figure: 'wall', against },
  goals: [
    { peer: ours, figure: 'main', against, atMost: 1.05 },
    { peer: ours, figure: 'wall', against, atMost: 1 },
    { peer: direct, figure: 'rate', atLeast: 2 },
    ...[ours, keyed, direct, keyedDirect].flatMap(exact),
  ],
  chart: wallChart(
    { title: 'through pino', peers: peers.map(({ label }) => label).filter((label) => !label.endsWith('chunks')) },
    { title: 'from chunks of 64 KiB', peers: [direct, keyedDirect] },
  ),
  async *measure({ records }, folder, round): AsyncGenerator<readonly [string, Figures]> {
    for (const { label, program, target, options, all } of inTurns(peers, round)) {
      const logs = join(folder, 'logs')
      mkdirSync(logs)
      const file = join(logs, 'bench.log')
      const job = { file, records, options: options(file), ...(target && { target }) }
      const { wall = 0, ...figures } = await runChild<Figures>(`peers/${program}`, job)
      const faults = await verify([file], records, all ? undefined : memoryLoad(job).wanted)
      rmSync(logs, { recursive: true })
      yield [label, { ...figures, ...faults, wall, rate: 1 / wall }]
    }
  },
}
