// From pino.transport() to its 'ready', in a process that has loaded pino only.

import { join } from 'node:path'
import { runChild } from '../run-child.js'
import type { Figures, Scenario } from '../scenario.js'

const targets = new Map([
  ['ours', { target: '@pino-handlers/file', fileOption: 'filename' }],
  ['pino/file', { target: 'pino/file', fileOption: 'destination' }],
])

// Short and noisy: a round measures each this many times.
const TIMES = 5

export const startUp: Scenario = {
  name: 'start-up',
  title: "pino.transport() to 'ready'",
  size: { records: 1, runs: 3 },
  peers: [...targets.keys()],
  columns: [{ figure: 'ready', title: 'ready ms', digits: 1 }],
  ratio: { figure: 'ready', against: 'pino/file' },
  goals: [{ peer: 'ours', figure: 'ready', against: 'pino/file', atMost: 1.3 }],
  chart: {
    figure: 'ready',
    unit: 'ms',
    groups: [{ title: "pino.transport() to 'ready'", peers: [...targets.keys()] }],
  },
  async *measure(_, folder): AsyncGenerator<readonly [string, Figures]> {
    for (let time = 0; time < TIMES; time++) {
      for (const [peer, options] of targets) {
        yield [
          peer,
          await runChild<Figures>('peers/start-up', { file: join(folder, 'ready.log'), records: 0, options }),
        ]
      }
    }
  },
}
