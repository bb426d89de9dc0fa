// Results as text: a table of ratios and medians with their range, and a line for each goal.

import type { Goal, Results, Scenario } from './scenario.js'
import { median } from './statistics.js'

/** The table of a scenario in Markdown. */
export function table({ peers, columns, ratio }: Scenario, results: Results): string {
  const head = ['peer', `× ${ratio.against}`, ...columns.map(({ title }) => title)]
  const measured = peers.filter((peer) => results.get(peer)?.length)
  const rows = measured.map((peer) => [
    peer,
    ratioOf(results, peer, ratio.figure, ratio.against).toFixed(2),
    ...columns.map(({ figure, digits }) => spread(valuesOf(results, peer, figure), digits)),
  ])
  return markdownTable(head, rows)
}

/** Cells in columns, as wide as their longest. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, at) => Math.max(3, ...lines.map((row) => row[at]?.length ?? 0)))
  const show = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const [first = [], ...others] = lines
  return [show(first), show(widths.map((width) => '-'.repeat(width))), ...others.map(show)].join('\n')
}

/** Whether a goal was reached; undefined when it was not measured. */
export interface Judgement {
  readonly held: boolean | undefined
  /** What was asked for, and what came. */
  readonly text: string
}

export function judge(goal: Goal, scenario: Scenario, results: Results): Judgement {
  const { peer, figure, against, atMost = Infinity, atLeast = -Infinity } = goal
  const value = against ? ratioOf(results, peer, figure, against) : median(valuesOf(results, peer, figure))
  const name = scenario.columns.find((column) => column.figure === figure)?.title ?? figure
  const what = against ? `${peer} / ${against}, ${name}` : `${peer}, ${name}`
  const limit = goal.atMost === undefined ? `at least ${short(atLeast)}` : `at most ${short(atMost)}`
  return {
    held: Number.isNaN(value) ? undefined : value <= atMost && value >= atLeast,
    text: `${what}: ${short(value)} (${limit})`,
  }
}

/** Whether `goal` was reached, as a line. */
export function verdict(goal: Goal, scenario: Scenario, results: Results): string {
  const { held, text } = judge(goal, scenario, results)
  return `${held === undefined ? 'unknown ' : held ? 'held    ' : 'NOT held'} ${text}`
}

export function valuesOf(results: Results, peer: string, figure: string): number[] {
  return (results.get(peer) ?? []).map((run) => run[figure] ?? Number.NaN)
}

/** The median of the ratios within each round: what slows a whole round down cancels out. */
export function ratioOf(results: Results, peer: string, figure: string, against: string): number {
  const base = valuesOf(results, against, figure)
  return median(valuesOf(results, peer, figure).map((value, round) => value / (base[round] ?? Number.NaN)))
}

function spread(values: readonly number[], digits: number): string {
  const show = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(digits))
  const [least, middle, most] = [Math.min(...values), median(values), Math.max(...values)].map(show)
  return least === most ? `${middle}` : `${middle} [${least}–${most}]`
}

function short(value: number): string {
  return `${Number(value.toFixed(3))}`
}
