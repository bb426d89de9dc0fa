// One round of peers that write a file: each in its own process, the file looked at afterwards.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Job } from '../job.js'
import { runChild } from '../run-child.js'
import type { Column, Figures } from '../scenario.js'
import { verify } from '../verify.js'

/** A row of the table: which program, and what it is told beside the file. */
export interface FilePeer extends Omit<Job, 'file' | 'records'> {
  readonly label: string
  /** Its name in the folder of peers. */
  readonly program: string
}

export async function* measureFilePeers(
  peers: readonly FilePeer[],
  records: number,
  folder: string,
  round: number,
): AsyncGenerator<readonly [string, Figures]> {
  // The one that goes first finds another machine than the one that goes last: each round starts with the next.
  const first = round % peers.length
  for (const { label, program, ...job } of [...peers.slice(first), ...peers.slice(0, first)]) {
    const file = join(folder, 'bench.log')
    const figures = await runChild<Figures>(`peers/${program}`, { ...job, file, records })
    const faults = await verify(file, records)
    rmSync(file)
    yield [label, { ...figures, ...faults }]
  }
}

/** What a burst is judged by; µs are per record. */
export const burstColumns: readonly Column[] = [
  { figure: 'wall', title: 'wall µs', digits: 2 },
  { figure: 'call', title: 'call µs', digits: 2 },
  { figure: 'main', title: 'main CPU µs', digits: 2 },
  { figure: 'cpu', title: 'CPU µs', digits: 2 },
  { figure: 'memory', title: 'peak MB', digits: 0 },
  { figure: 'lost', title: 'lost', digits: 0 },
  { figure: 'duplicate', title: 'twice', digits: 0 },
  { figure: 'broken', title: 'broken', digits: 0 },
]
