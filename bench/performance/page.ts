// docs/performance.md, from what was measured.

import { inWords } from '../machine.js'
import type { Results, Scenario } from '../scenario.js'
import { type Judgement, judge, markdownTable, table, valuesOf } from '../table.js'
import { type Compared, MAY_MISS } from './comparisons.js'
import type { Measured, Report } from './results.js'

/** A scenario that was measured. */
export interface Chapter {
  readonly scenario: Scenario
  readonly measured: Measured
  readonly results: Results
  /** The path of its chart from the page. */
  readonly chart: string | undefined
}

const FAULTS: Readonly<Record<string, string>> = {
  lost: 'lost',
  extra: 'that should not be there',
  duplicate: 'twice',
  broken: 'broken',
  split: 'split over two files',
}

/** The page in Markdown. */
export function page(report: Report, chapters: readonly Chapter[], compared: readonly Compared[]): string {
  return `${[
    HEAD,
    '## Overview',
    '![Time and main-thread CPU per record of every handler, divided by the fastest other](performance/overview.svg)',
    overviewTable(compared),
    OVERVIEW_NOTES,
    '## Goals that are missed',
    missed(chapters),
    '## How it is measured',
    HOW,
    where(report, chapters),
    ...chapters.flatMap(chapterText),
    '## The event log\n\n`nt-eventlog` is not in the overview: it needs Windows. What it does before Windows is called is a row of [core](#core).',
  ].join('\n\n')}\n`
}

const HEAD = `# Performance

Every handler beside what else there is for the same, and beside the least that any handler could take. \`npm run
bench:report\` measures it again and writes this page and its charts; nothing in them is written by hand.`

const OVERVIEW_NOTES = `Ours divided by the fastest other of the same chart below; 1 is the same, below 1 is less. A peer that lost more than
${MAY_MISS} records in a run is not the one compared with. "of the limit" is ours divided by the least that it could take: the
same bytes by \`writeSync\`, a bare socket, undici alone, a worker that forgets. A difference of less than 1.3 is within what two
runs on a shared machine differ by.`

const HOW = `- One run is one fresh process, and peers take turns within a round, so that what disturbs one disturbs all. Figures are
  medians with [least–most]; ratios are medians of the ratios within each round.
- A record is a line of pino's of some 240 bytes. It comes as fast as the calls return, 100 in a turn of the event loop.
- **wall** ends with the last byte at the destination, or with the sender's own end when that is later. **call** is the time in
  \`logger.info()\`, **main CPU** what the main thread used, **CPU** all threads. Except for smtp all µs are per record.
- Servers run on the same machine, over loopback. Nothing is fsynced unless a row says so.`

function overviewTable(compared: readonly Compared[]): string {
  const ratio = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(2))
  const rows = compared.map(({ handler, scenario, other = '–', wall, main, limit, ofLimit }) => [
    `[${handler}](#${scenario})`,
    ratio(wall),
    ratio(main),
    other,
    limit === undefined ? '–' : `${ratio(ofLimit)} × ${limit}`,
  ])
  return markdownTable(['handler', 'time', 'main CPU', 'fastest other', 'of the limit'], rows)
}

function missed(chapters: readonly Chapter[]): string {
  const all = chapters.map(({ scenario, results }) => ({ scenario, judged: judgements(scenario, results) }))
  const judged = all.flatMap((each) => each.judged)
  const lines = all.flatMap(({ scenario, judged }) =>
    judged.filter(({ held }) => held === false).map(({ text }) => `- [${scenario.name}](#${scenario.name}): ${text}`),
  )
  const known = judged.filter(({ held }) => held !== undefined).length
  return lines.length === 0 ? `None of ${known}.` : [`${lines.length} of ${known}:`, '', ...lines].join('\n')
}

function where({ environments }: Report, chapters: readonly Chapter[]): string {
  const places = environments.map((environment, index) => {
    const names = chapters.filter(({ measured }) => measured.environment === index).map(({ scenario }) => scenario.name)
    const dates = chapters.filter(({ measured }) => measured.environment === index).map(({ measured }) => measured.date)
    const days = [...new Set(dates)].sort()
    const what = environments.length > 1 ? `${names.join(', ')}: ` : ''
    return `- ${what}${inWords(environment)}. ${days.join(', ')}.`
  })
  return `Measured on\n\n${places.join('\n')}`
}

function chapterText({ scenario, measured, results, chart }: Chapter): string[] {
  const { name, title, columns } = scenario
  const judged = judgements(scenario, results)
  const reached = judged.filter(({ held }) => held === true).length
  const known = judged.filter(({ held }) => held !== undefined).length
  const { runs, records, seconds } = measured
  const size = `Runs: ${runs}${records > 1 ? `, of ${inThousands(records)} records` : ''}`
  return [
    `## ${name}`,
    `What is measured: ${title}. ${size}, ${seconds} s in all.`,
    ...(chart === undefined ? [] : [`![${name}: the figures of the table below as bars](${chart})`]),
    table({ ...scenario, columns: columns.filter(({ figure }) => !(figure in FAULTS)) }, results),
    [...arrived(scenario, results), ...(known > 0 ? [`Goals: ${reached} of ${known} reached.`] : [])].join('\n'),
  ]
}

function judgements(scenario: Scenario, results: Results): Judgement[] {
  return scenario.goals.map((goal) => judge(goal, scenario, results))
}

// Looked at after each run: every record carries its number at both ends.
function arrived(scenario: Scenario, results: Results): string[] {
  const looked = scenario.columns.map(({ figure }) => figure).filter((figure) => figure in FAULTS)
  if (looked.length === 0) return []
  const faults = scenario.peers.flatMap((peer) => {
    const most = looked.map((figure) => [Math.max(0, ...valuesOf(results, peer, figure)), FAULTS[figure]] as const)
    const bad = most.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
    return bad.length > 0 ? [`- ${peer}: up to ${bad.join(', ')}`] : []
  })
  const where = 'Every record was looked for at the destination after each run.'
  if (faults.length === 0) return [`${where} Every peer delivered each of them once.`, '']
  return [`${where} All others delivered each of them once:`, '', ...faults, '']
}

function inThousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}
