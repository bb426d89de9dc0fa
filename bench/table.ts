// Results as text: a table of medians with their range, a ratio, and a line for each goal.

import type { Goal, Results, Scenario } from './scenario.js'
import { median } from './statistics.js'

/** The table of a scenario in Markdown. */
export function table({ peers, columns, ratio }: Scenario, results: Results): string {
  const head = ['peer', ...columns.map(({ title }) => title), `× ${ratio.against}`]
  const measured = peers.filter((peer) => results.get(peer)?.length)
  const rows = measured.map((peer) => [
    peer,
    ...columns.map(({ figure, digits }) => spread(valuesOf(results, peer, figure), digits)),
    ratioOf(results, peer, ratio.figure, ratio.against).toFixed(2),
  ])
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const show = (cells: string[]): string => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  return [show(head), show(widths.map((width) => '-'.repeat(width))), ...rows.map(show)].join('\n')
}

/** Whether `goal` was reached, as a line. */
export function verdict(goal: Goal, scenario: Scenario, results: Results): string {
  const { peer, figure, against, atMost = Infinity, atLeast = -Infinity } = goal
  const value = against ? ratioOf(results, peer, figure, against) : median(valuesOf(results, peer, figure))
  const name = scenario.columns.find((column) => column.figure === figure)?.title ?? figure
  const what = against ? `${peer} / ${against}, ${name}` : `${peer}, ${name}`
  const limit = goal.atMost === undefined ? `at least ${goal.atLeast}` : `at most ${goal.atMost}`
  const held = Number.isNaN(value) ? 'unknown ' : value <= atMost && value >= atLeast ? 'held    ' : 'NOT held'
  return `${held} ${what}: ${value.toFixed(3)} (${limit})`
}

function valuesOf(results: Results, peer: string, figure: string): number[] {
  return (results.get(peer) ?? []).map((run) => run[figure] ?? Number.NaN)
}

// The median of the ratios within each round: what slows a whole round down cancels out.
function ratioOf(results: Results, peer: string, figure: string, against: string): number {
  const base = valuesOf(results, against, figure)
  return median(valuesOf(results, peer, figure).map((value, round) => value / (base[round] ?? Number.NaN)))
}

function spread(values: readonly number[], digits: number): string {
  const show = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(digits))
  const [least, middle, most] = [Math.min(...values), median(values), Math.max(...values)].map(show)
  return least === most ? `${middle}` : `${middle} [${least}–${most}]`
}
