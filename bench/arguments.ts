// What the command line asks for: scenarios by name, how many records and runs, where results go.

import { parseArgs } from 'node:util'
import type { Scenario } from './scenario.js'

export interface Arguments {
  /** Scenarios to run; all of them when none is named. */
  readonly scenarios: readonly string[]
  /** Records a run writes as fast as it can. */
  readonly records: number
  readonly runs: number
  /** Where the results go as JSON. */
  readonly json: string | undefined
  /** Only say what can be asked for. */
  readonly help: boolean
}

export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      records: { type: 'string', default: '500000' },
      runs: { type: 'string', default: '5' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const { json, help } = values
  return { scenarios: positionals, records: positive(values.records), runs: positive(values.runs), json, help }
}

/** What can be asked for, as text. */
export function usage(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  return `npm run bench -- [scenario ...] [options]

Scenarios, all of them when none is named:
${scenarios.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join('\n')}

Options:
  --records <n>  records of a run that is as fast as it can be (500000)
  --runs <n>     how often each peer has its turn (5)
  --json <file>  writes every run's figures there
  --help         shows this`
}

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`expected a whole number above 0, got '${text}'`)
  return value
}
