// Lines that an application has written already, through the command line into files.

import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { root } from '../../scripts/sources.js'
import { monotonic } from '../measure.js'
import { premade } from '../record.js'
import type { Figures, Scenario } from '../scenario.js'
import { verify } from '../verify.js'
import { burstColumns, wallChart } from './file-peers.js'
import { inTurns } from './turns.js'

interface Peer {
  readonly label: string
  /** What reads the lines. */
  command(file: string): readonly string[]
}

const against = 'node, stdin to sonic-boom'
const limit = 'cat > file'
const own = fileURLToPath(new URL('../peers/stdin-to-file.js', import.meta.url))
const rotating = ['--max-bytes', '10MiB', '--backup-count', '100']

const peers: readonly Peer[] = [
  { label: 'ours, file', command: (file) => [...pinoHandlers(), 'file', '--filename', file] },
  {
    label: 'ours, rotating-file',
    command: (file) => [...pinoHandlers(), 'rotating-file', '--filename', file, ...rotating],
  },
  { label: against, command: (file) => [process.execPath, own, file] },
  { label: limit, command: (file) => ['sh', '-c', 'cat > "$0"', file] },
]

const FIGURES = ['wall', 'cpu', 'lost', 'duplicate', 'broken']

export const commandLine: Scenario = {
  name: 'command-line',
  title: 'lines of a file through `cat` into a command, from its start to its end, a record',
  size: { records: 1_000_000, runs: 3 },
  peers: peers.map(({ label }) => label),
  columns: burstColumns.filter(({ figure }) => FIGURES.includes(figure)),
  ratio: { figure: 'wall', against },
  goals: ['ours, file', 'ours, rotating-file'].flatMap((peer) =>
    ['lost', 'duplicate', 'broken'].map((figure) => ({ peer, figure, atMost: 0 })),
  ),
  chart: wallChart({ title: 'stdin to a file', peers: peers.map(({ label }) => label), limits: [limit] }),
  async *measure({ records }, folder, round): AsyncGenerator<readonly [string, Figures]> {
    const lines = join(folder, 'lines')
    writeFileSync(lines, premade(records).join(''))
    for (const { label, command } of inTurns(peers, round)) {
      const logs = join(folder, 'logs')
      mkdirSync(logs)
      const { wall, cpu } = await pipe(lines, command(join(logs, 'bench.log')))
      const files = readdirSync(logs).map((name) => join(logs, name))
      const each = { wall: (wall / records) * 1000, cpu: (cpu / records) * 1000 }
      yield [label, { ...each, ...(await verify(files, records)) }]
      rmSync(logs, { recursive: true })
    }
    rmSync(lines)
  },
}

// As its package says, which is how npx finds it.
function pinoHandlers(): string[] {
  const folder = join(root, 'packages/pino-handlers')
  const manifest: { bin: Record<string, string> } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return [process.execPath, join(folder, manifest.bin['pino-handlers'] ?? '')]
}

const SCRIPT = 'lines=$0; cat "$lines" | "$@" >&2; status=$?; times; exit $status'

// Milliseconds by the clock, and of CPU as the shell adds up its children.
async function pipe(lines: string, command: readonly string[]): Promise<{ wall: number; cpu: number }> {
  const began = monotonic()
  const { stdout } = await promisify(execFile)('sh', ['-c', SCRIPT, lines, ...command])
  const wall = monotonic() - began
  const children = stdout.trim().split('\n').at(-1) ?? ''
  const seconds = Array.from(children.matchAll(/(\d+)m([\d.]+)s/g), ([, m, s]) => Number(m) * 60 + Number(s))
  return { wall, cpu: seconds.reduce((sum, each) => sum + each, 0) * 1000 }
}
