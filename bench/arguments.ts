// What the command line asks for: scenarios by name, how many records and runs, where results go.

import { parseArgs } from 'node:util'

export interface Arguments {
  /** Scenarios to run; all of them when none is named. */
  readonly scenarios: readonly string[]
  /** Records a run writes as fast as it can. */
  readonly records: number
  readonly runs: number
  /** Where the results go as JSON. */
  readonly json: string | undefined
}

export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      records: { type: 'string', default: '500000' },
      runs: { type: 'string', default: '5' },
      json: { type: 'string' },
    },
  })
  const { json } = values
  return { scenarios: positionals, records: positive(values.records), runs: positive(values.runs), json }
}

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`expected a whole number above 0, got '${text}'`)
  return value
}
