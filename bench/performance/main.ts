// Measures every scenario and writes what came of it: bench/results.json, docs/performance.md and its charts.
//   npm run bench:report                                everything
//   npm run bench:report -- --only socket --only http   these again; the others stay as they were
//   npm run bench:report -- --runs 1                    a quick look
//   npm run bench:report -- --from bench/results.json   measures nothing

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { filesIn, root } from '../../scripts/sources.js'
import { positive } from '../arguments.js'
import { environment } from '../machine.js'
import { endAtSignals, runScenario } from '../run-scenario.js'
import type { Scenario } from '../scenario.js'
import { scenariosNamed } from '../scenarios/all.js'
import { CHARTS, render } from './render.js'
import { nothingMeasured, type Report, readReport, reportText, withScenario } from './results.js'

const RESULTS = join(root, 'bench/results.json')

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    from: { type: 'string' },
    runs: { type: 'string' },
  },
})
endAtSignals()
writePages(values.from === undefined ? await measureAll(values.only) : readReport(values.from))
// A receiver of a scenario that failed may still wait for its senders.
process.exit()

async function measureAll(names: readonly string[]): Promise<Report> {
  let report = existsSync(RESULTS) ? readReport(RESULTS) : nothingMeasured
  const chosen = scenariosNamed(names)
  const start = performance.now()
  for (const [index, scenario] of chosen.entries()) {
    tell(`${index + 1}/${chosen.length} ${scenario.name}, after ${since(start)} s`)
    try {
      report = await measureAgain(report, scenario)
      // At once: who ends this early keeps what is done.
      writeFileSync(RESULTS, reportText(report))
    } catch (error) {
      process.exitCode = 1
      tell(`${scenario.name} FAILED, its old figures stay: ${error instanceof Error ? error.stack : error}`)
    }
  }
  tell(`${since(start)} s in all`)
  return report
}

async function measureAgain(report: Report, scenario: Scenario): Promise<Report> {
  const size = { ...scenario.size, ...(values.runs && { runs: positive(values.runs) }) }
  const start = performance.now()
  const results = await runScenario(scenario, size)
  const seconds = since(start)
  tell(`  ${seconds} s for ${size.runs} runs`)
  const date = new Date().toISOString().slice(0, 10)
  return withScenario(report, scenario, { ...size, date, seconds, environment: environment(), results })
}

function writePages(report: Report): void {
  const pages = render(report)
  mkdirSync(join(root, CHARTS), { recursive: true })
  for (const [path, text] of pages) writeFileSync(join(root, path), text)
  for (const path of filesIn(CHARTS)) if (!pages.has(path)) rmSync(join(root, path))
}

function since(start: number): number {
  return Math.round((performance.now() - start) / 1000)
}

function tell(text: string): void {
  console.error(text)
}
