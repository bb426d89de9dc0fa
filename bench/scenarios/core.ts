// The steps inside a handler, without pino and without a file, all in one process.

import { steps } from '../core/steps.js'
import { runChild } from '../run-child.js'
import type { Figures, Scenario } from '../scenario.js'

export const core: Scenario = {
  name: 'core',
  title: 'chunks of 64 KiB through a handler whose sink only counts, a line',
  size: { records: 500_000, runs: 3 },
  peers: Object.keys(steps),
  columns: [
    { figure: 'wall', title: 'µs', digits: 3 },
    { figure: 'cpu', title: 'CPU µs', digits: 3 },
    { figure: 'rate', title: 'million/s', digits: 2 },
  ],
  ratio: { figure: 'wall', against: 'split2' },
  goals: [
    { peer: 'ours, text door', figure: 'rate', atLeast: 3 },
    { peer: 'ours, record door, nothing read', figure: 'wall', atMost: 0.8 },
  ],
  chart: {
    figure: 'wall',
    unit: 'µs a line',
    groups: [{ title: 'lines through a handler, before its destination', peers: Object.keys(steps) }],
  },
  async *measure({ records }): AsyncGenerator<readonly [string, Figures]> {
    yield* Object.entries(await runChild<Record<string, Figures>>('core/main', { file: '', records }))
  },
}
