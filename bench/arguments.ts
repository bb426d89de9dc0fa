// What the command line asks for: scenarios by name, how many records and runs, where results go.

import { parseArgs } from 'node:util'
import type { Scenario, Size } from './scenario.js'

export interface Arguments extends Partial<Size> {
  /** Scenarios to run; all of them when none is named. */
  readonly names: readonly string[]
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
      records: { type: 'string' },
      runs: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const { json, help, records, runs } = values
  return {
    names: positionals,
    ...(records !== undefined && { records: positive(records) }),
    ...(runs !== undefined && { runs: positive(runs) }),
    json,
    help,
  }
}

/** What can be asked for, as text. */
export function usage(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  return `npm run bench -- [scenario ...] [options]

Scenarios, all of them when none is named:
${scenarios.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join('\n')}

Options:
  --records <n>  records of a run that is as fast as it can be (what fits the scenario)
  --runs <n>     how often each peer has its turn (what fits the scenario)
  --json <file>  writes every run's figures there
  --help         shows this`
}

/** A count; throws for what is none. */
export function positive(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`expected a whole number above 0, got '${text}'`)
  return value
}
