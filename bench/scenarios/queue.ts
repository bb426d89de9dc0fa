// Records from one process to another, or from one thread to another, through a queue into a file.

import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Receiver, startListener, startReceiver } from '../receiver.js'
import { runChild } from '../run-child.js'
import type { Figures, Goal, Scenario } from '../scenario.js'
import { verify } from '../verify.js'
import { burstColumns, wallChart } from './file-peers.js'
import { inTurns } from './turns.js'

interface Peer {
  readonly label: string
  readonly program: string
  readonly target?: string
  /** Both ends are in the program. */
  readonly alone?: boolean
  /** The queue at a path; without it and not alone, records go to a server. */
  readonly queue?: (path: string) => Readonly<Record<string, unknown>>
  readonly needs?: string
}

const socketAt = (path: string): Record<string, unknown> => ({ type: 'socket', path })
const directoryAt = (path: string): Record<string, unknown> => ({ type: 'directory', path })
const safely = (path: string): Record<string, unknown> => ({ ...directoryAt(path), fsync: true })

const target = '@pino-handlers/queue'
const chunks = { program: 'chunks-in-process', target }
const worker = { program: 'target-worker', target }

const socket = 'ours, socket, chunks'
const directory = 'ours, directory, chunks'
const against = 'pino-socket to TCP (worker)'

const peers: readonly Peer[] = [
  { label: socket, ...chunks, queue: socketAt },
  { label: 'ours, socket (worker)', ...worker, queue: socketAt },
  { label: directory, ...chunks, queue: directoryAt },
  { label: 'ours, directory (worker)', ...worker, queue: directoryAt },
  { label: 'ours, directory with fsync, chunks', ...chunks, queue: safely },
  { label: 'ours, memory between threads, chunks', program: 'queue-threads', alone: true },
  { label: against, program: 'target-worker', target: 'pino-socket' },
  { label: "Python's QueueHandler", program: 'python-queue', alone: true, needs: 'python3' },
]

const whole = peers
  .filter(({ label }) => label.startsWith('ours'))
  .flatMap(({ label }): Goal[] => ['lost', 'duplicate', 'broken'].map((figure) => ({ peer: label, figure, atMost: 0 })))

export const queue: Scenario = {
  name: 'queue',
  title: 'records through a queue until they are in a file, a record; CPU and memory are those of who puts',
  size: { records: 200_000, runs: 3 },
  peers: peers.map(({ label }) => label),
  columns: [...burstColumns, { figure: 'rate', title: 'thousand/s', digits: 0 }],
  ratio: { figure: 'wall', against },
  goals: [{ peer: socket, figure: 'rate', atLeast: 200 }, { peer: directory, figure: 'rate', atLeast: 150 }, ...whole],
  chart: wallChart({ title: 'through a queue to a file', peers: peers.map(({ label }) => label) }),
  async *measure({ records }, folder, round): AsyncGenerator<readonly [string, Figures]> {
    for (const peer of inTurns(peers, round)) {
      const arrived = join(folder, 'arrived')
      mkdirSync(arrived)
      const path = join(folder, 'queue')
      const receiver = await startOther(peer, arrived, path)
      const job = { file: join(arrived, '0'), records, options: optionsOf(peer, path, receiver) }
      const told = { ...job, ...(peer.target && { target: peer.target }) }
      const { began = 0, wall = 0, ...figures } = await runChild<Figures>(`peers/${peer.program}`, told)
      const until = (await receiver?.finish()) ?? 0
      const files = readdirSync(arrived).map((name) => join(arrived, name))
      const faults = await verify(files, records)
      for (const each of [arrived, path]) rmSync(each, { recursive: true, force: true })
      const each = Math.max(wall, ((until - began) / records) * 1000)
      yield [peer.label, { ...figures, ...faults, wall: each, rate: 1000 / each }]
    }
  },
}

async function startOther({ queue, alone }: Peer, folder: string, path: string): Promise<Receiver | undefined> {
  if (alone) return undefined
  return queue ? await startListener(folder, queue(path)) : await startReceiver('tcp', folder, path)
}

function optionsOf({ queue }: Peer, path: string, receiver?: Receiver): Readonly<Record<string, unknown>> {
  if (queue) return { queue: queue(path) }
  return receiver ? { mode: 'tcp', address: '127.0.0.1', port: receiver.at.port } : {}
}
