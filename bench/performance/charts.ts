// What is drawn: a scenario's peers, and all handlers at once.

import { type Bar, type BarChart, barChart, type Kind, type Row } from '../chart.js'
import type { Group, Results, Scenario } from '../scenario.js'
import { median } from '../statistics.js'
import { valuesOf } from '../table.js'
import type { Compared } from './comparisons.js'

/** The peers of a scenario; undefined when it has no chart. */
export function scenarioChart({ name, chart }: Scenario, results: Results): string | undefined {
  if (!chart) return undefined
  const { figure, unit, groups } = chart
  const sections = groups.map((group) => ({
    title: group.title,
    rows: group.peers.filter((peer) => results.get(peer)?.length).map((peer) => rowOf(peer, group, figure, results)),
  }))
  const limited = groups.some(({ limits = [] }) => limits.length > 0)
  const told = sections.map(({ title, rows }) => `${title}: ${rows.map(inWords).join('; ')}`)
  return barChart({
    title: `${name}: ${unit}, shorter is better`,
    description: `Medians in ${unit}. ${told.join('. ')}.`,
    legend: [
      ['ours', 'ours; the thin line goes from the fastest run to the slowest'],
      ['other', 'others'],
      ...(limited ? [['limit', 'no handler: the least that one could take'] as const] : []),
    ],
    sections,
  })
}

/** Ours beside the fastest other, for every handler. */
export function overviewChart(compared: readonly Compared[]): string {
  const rows = compared.map(overviewRow)
  const legend: BarChart['legend'] = [
    ['ours', 'time until the last record is there'],
    ['main', "CPU of the application's main thread"],
  ]
  return barChart({
    title: 'Per record, fastest other = 1, shorter is better',
    description: `Time and main-thread CPU, ours divided by the fastest other. ${rows.map(inWords).join('; ')}.`,
    legend,
    sections: [{ title: '', rows }],
    mark: 1,
  })
}

function overviewRow({ handler, other, limit, wall, main, ofLimit }: Compared): Row {
  const against = other ?? limit ?? 'nothing'
  const time = other === undefined ? ofLimit : wall
  const bar = (kind: Kind, value: number): Bar[] => (Number.isNaN(value) ? [] : [{ kind, value }])
  const numbers = [time, main].filter((value) => !Number.isNaN(value)).map((value) => value.toFixed(2))
  return {
    label: `${handler} / ${against.replace(/ \(worker\)$/, '')}`,
    text: numbers.join(' · '),
    bars: [...bar('ours', time), ...bar('main', main)],
  }
}

function rowOf(peer: string, { limits = [] }: Group, figure: string, results: Results): Row {
  const values = valuesOf(results, peer, figure)
  const value = median(values)
  const ours = peer.startsWith('ours')
  const kind = ours ? 'ours' : limits.includes(peer) ? 'limit' : 'other'
  const range = [Math.min(...values), Math.max(...values)] as const
  return { label: peer, text: threeDigits(value), bars: [{ kind, value, range }], strong: ours }
}

function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2)
}

function inWords({ label, text }: Row): string {
  return `${label} ${text}`
}
