// One round of peers that write a file: each in its own process, what it wrote looked at afterwards.

import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Job } from '../job.js'
import { runChild } from '../run-child.js'
import type { Chart, Column, Figures, Group } from '../scenario.js'
import { verify } from '../verify.js'
import { inTurns } from './turns.js'

/** A row of the table: which program, and what it is told beside the file. */
export interface FilePeer extends Omit<Job, 'file' | 'records'> {
  readonly label: string
  /** Its name in the folder of peers. */
  readonly program: string
  /** A command without which the row is left out. */
  readonly needs?: string
}

export async function* measureFilePeers(
  peers: readonly FilePeer[],
  records: number,
  folder: string,
  round: number,
): AsyncGenerator<readonly [string, Figures]> {
  for (const { label, program, needs: _, ...job } of inTurns(peers, round)) {
    const logs = join(folder, 'logs')
    mkdirSync(logs)
    const figures = await runChild<Figures>(`peers/${program}`, { ...job, file: join(logs, 'bench.log'), records })
    const files = readdirSync(logs).map((name) => join(logs, name))
    const { largest, ...faults } = await verify(files, records)
    rmSync(logs, { recursive: true })
    const over = Math.max(0, largest - (job.caps?.maxBytes ?? Number.POSITIVE_INFINITY))
    yield [label, { ...figures, ...faults, files: files.length, over }]
  }
}

/** A chart of what a record takes from the first call until it is there. */
export function wallChart(...groups: readonly Group[]): Chart {
  return { figure: 'wall', unit: 'µs a record', groups }
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
