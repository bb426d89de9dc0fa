// The page and its charts: a function of what was measured, so that nobody can write figures into them by hand.

import { scenarios } from '../scenarios/all.js'
import { overviewChart, scenarioChart } from './charts.js'
import { compare, comparisons } from './comparisons.js'
import { type Chapter, page } from './page.js'
import { type Report, resultsOf } from './results.js'

/** Where charts lie, from the root of the workspace. */
export const CHARTS = 'docs/performance'

/** Texts by path from the root of the workspace. */
export function render(report: Report): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const chapters = scenarios.flatMap((scenario): Chapter[] => {
    const measured = report.scenarios[scenario.name]
    if (!measured) return []
    const results = resultsOf(measured)
    const drawn = scenarioChart(scenario, results)
    if (drawn !== undefined) files.set(`${CHARTS}/${scenario.name}.svg`, drawn)
    return [{ scenario, measured, results, chart: drawn && `performance/${scenario.name}.svg` }]
  })
  const compared = comparisons.flatMap((comparison) => {
    const chapter = chapters.find(({ scenario }) => scenario.name === comparison.scenario)
    const found = chapter && compare(comparison, chapter.scenario, chapter.results)
    return found ? [found] : []
  })
  files.set(`${CHARTS}/overview.svg`, overviewChart(compared))
  files.set('docs/performance.md', page(report, chapters, compared))
  return files
}
