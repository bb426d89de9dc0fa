// What was measured, as bench/results.json keeps it: every run of every peer, the machine and the versions.

import { readFileSync } from 'node:fs'
import type { Environment } from '../machine.js'
import type { Figures, Results, Scenario, Size } from '../scenario.js'

export interface Measured extends Size {
  /** Day of measuring, as 2026-11-23. */
  readonly date: string
  /** Where: an index into the environments. */
  readonly environment: number
  /** How long it took. */
  readonly seconds: number
  /** By peer and figure, a number for each run; null where a run could not tell. */
  readonly peers: Readonly<Record<string, Readonly<Record<string, readonly (number | null)[]>>>>
}

export interface Report {
  readonly environments: readonly Environment[]
  readonly scenarios: Readonly<Record<string, Measured>>
}

export const nothingMeasured: Report = { environments: [], scenarios: {} }

/** What a file holds that {@link reportText} wrote. */
export function readReport(path: string): Report {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** As JSON, with the runs of a figure on one line. */
export function reportText(report: Report): string {
  const text = JSON.stringify(report, null, 2)
  return `${text.replace(/\[[^[\]{}"]*\]/g, (runs) => runs.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'))}\n`
}

/** What one scenario gave. */
export interface Fresh extends Size {
  readonly date: string
  readonly seconds: number
  readonly environment: Environment
  readonly results: Results
}

/** The report with a scenario measured again; environments that nothing was measured in are gone. */
export function withScenario(report: Report, { name }: Scenario, { results, environment, ...fresh }: Fresh): Report {
  const environments: Environment[] = []
  const indexOf = (one: Environment): number => {
    const found = environments.findIndex((each) => JSON.stringify(each) === JSON.stringify(one))
    return found >= 0 ? found : environments.push(one) - 1
  }
  const others = Object.entries(report.scenarios).filter(([each]) => each !== name)
  const kept = others.map(([each, measured]): [string, Measured] => {
    const where = report.environments[measured.environment] ?? environment
    return [each, { ...measured, environment: indexOf(where) }]
  })
  const { date, seconds, records, runs } = fresh
  const peers = columnsOf(results)
  const measured = { date, seconds, records, runs, environment: indexOf(environment), peers }
  const byName = [...kept, [name, measured] as const].sort(([a], [b]) => (a < b ? -1 : 1))
  return { environments, scenarios: Object.fromEntries(byName) }
}

/** The runs of a scenario as they were measured. */
export function resultsOf({ peers }: Measured): Results {
  return new Map(Object.entries(peers).map(([peer, figures]) => [peer, runsOf(figures)]))
}

function runsOf(figures: Readonly<Record<string, readonly (number | null)[]>>): Figures[] {
  const runs = Math.max(0, ...Object.values(figures).map(({ length }) => length))
  return Array.from({ length: runs }, (_, run) =>
    Object.fromEntries(Object.entries(figures).map(([figure, values]) => [figure, values[run] ?? Number.NaN])),
  )
}

// When it began says nothing afterwards.
function columnsOf(results: Results): Record<string, Record<string, (number | null)[]>> {
  const measured = [...results].filter(([, runs]) => runs.length > 0)
  return Object.fromEntries(
    measured.map(([peer, runs]) => {
      const figures = Object.keys(runs[0] ?? {}).filter((figure) => figure !== 'began')
      return [peer, Object.fromEntries(figures.map((figure) => [figure, runs.map((run) => rounded(run[figure]))]))]
    }),
  )
}

function rounded(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(4))
}
