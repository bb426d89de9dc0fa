// The page of measurements: nobody writes figures by hand, and what is compared exists.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { barChart } from '../bench/chart.js'
import { compare, comparisons } from '../bench/performance/comparisons.js'
import { CHARTS, render } from '../bench/performance/render.js'
import { nothingMeasured, readReport, reportText, resultsOf, withScenario } from '../bench/performance/results.js'
import type { Figures, Scenario } from '../bench/scenario.js'
import { scenarios } from '../bench/scenarios/all.js'
import { table } from '../bench/table.js'
import { filesIn, root } from '../scripts/sources.js'

const RESULTS = 'bench/results.json'
const HOW = 'run npm run bench:report -- --from bench/results.json, which writes the page and its charts'

const scenario: Scenario = {
  name: 'some',
  title: 'something',
  size: { records: 1000, runs: 2 },
  peers: ['ours', 'a | b', 'loses', 'limit'],
  columns: [{ figure: 'wall', title: 'wall µs', digits: 1 }],
  ratio: { figure: 'wall', against: 'a | b' },
  goals: [],
  chart: {
    figure: 'wall',
    unit: 'µs',
    groups: [{ title: '', peers: ['ours', 'a | b', 'loses', 'limit'], limits: ['limit'] }],
  },
  async *measure() {},
}
const runs = (...walls: number[]): Figures[] => walls.map((wall) => ({ wall, main: wall, lost: 0 }))
const results = new Map([
  ['ours', runs(2, 3)],
  ['a | b', runs(4, 6)],
  ['loses', runs(1, 1).map((run) => ({ ...run, lost: 11 }))],
  ['limit', runs(1, 1.5)],
])
const environment = { processor: 'one', cores: 2, memory: 8, system: 'linux 6', versions: { Node: '20.20.2' } }
const fresh = { date: '2026-01-02', seconds: 3, records: 1000, runs: 2, environment, results }

describe('the performance page', () => {
  it('is what rendering the measured figures gives, and so are its charts', () => {
    const rendered = render(readReport(join(root, RESULTS)))
    const there = [...filesIn(CHARTS), 'docs/performance.md']
    const texts = new Map(there.map((path) => [path, readFileSync(join(root, path), 'utf8')]))

    const paths = new Set([...rendered.keys(), ...there])
    const different = [...paths].filter((path) => rendered.get(path) !== texts.get(path))

    assert.deepEqual(different, [], HOW)
  })

  it('has figures of every scenario', () => {
    const measured = Object.keys(readReport(join(root, RESULTS)).scenarios)

    assert.deepEqual(measured.toSorted(), scenarios.map(({ name }) => name).toSorted())
  })

  it('draws and compares only peers that the scenario has', () => {
    const unknown = scenarios.flatMap(({ name, peers, chart, ratio, goals }) => {
      const drawn = chart?.groups.flatMap((group) => [...group.peers, ...(group.limits ?? [])]) ?? []
      const judged = goals.flatMap(({ peer, against }) => (against === undefined ? [peer] : [peer, against]))
      const compared = comparisons.filter(({ scenario }) => scenario === name).map(({ ours }) => ours)
      const named = [...drawn, ...judged, ...compared, ratio.against]
      return named.filter((peer) => !peers.includes(peer)).map((peer) => `${name}: ${peer}`)
    })

    assert.deepEqual(unknown, [])
  })
})

describe('what was measured', () => {
  it('is the same after it was written and read', () => {
    const { scenarios } = JSON.parse(reportText(withScenario(nothingMeasured, scenario, fresh)))

    assert.deepEqual(resultsOf(scenarios.some), results)
  })

  it('keeps the others and where they were measured when one is measured again', () => {
    const before = withScenario(withScenario(nothingMeasured, scenario, fresh), { ...scenario, name: 'other' }, fresh)
    const elsewhere = { ...environment, processor: 'two' }

    const { environments, scenarios } = withScenario(before, scenario, { ...fresh, environment: elsewhere })

    assert.deepEqual(
      Object.entries(scenarios).map(([name, measured]) => [name, environments[measured.environment]?.processor]),
      [
        ['other', 'one'],
        ['some', 'two'],
      ],
    )
  })

  it('is compared with the fastest other that lost nothing, by the median of the ratios of each run', () => {
    const compared = compare({ handler: 'some', scenario: 'some', ours: 'ours' }, scenario, results)

    assert.deepEqual(compared, {
      handler: 'some',
      scenario: 'some',
      ours: 'ours',
      other: 'a | b',
      wall: 0.5,
      main: 0.5,
      limit: 'limit',
      ofLimit: 2,
    })
  })

  it('is a table with its ratio first, in which a name may have a bar', () => {
    assert.deepEqual(table(scenario, results).split('\n'), [
      '| peer   | × a \\| b | wall µs       |',
      '| ------ | -------- | ------------- |',
      '| ours   | 0.50     | 2.5 [2.0–3.0] |',
      '| a \\| b | 1.00     | 5.0 [4.0–6.0] |',
      '| loses  | 0.21     | 1.0           |',
      '| limit  | 0.25     | 1.3 [1.0–1.5] |',
    ])
  })
})

describe('a chart', () => {
  it('has bars to one scale in a section, whiskers, a mark, and names that are no markup', () => {
    const drawn = barChart({
      title: 'a & b',
      description: 'x < y',
      legend: [['ours', 'ours']],
      sections: [
        {
          title: 'group',
          rows: [
            { label: 'one', text: '2', bars: [{ kind: 'ours', value: 2, range: [1, 4] }], strong: true },
            { label: 'cat > file', text: '1', bars: [{ kind: 'limit', value: 1 }] },
          ],
        },
      ],
      mark: 2,
    })

    const widths = Array.from(
      drawn.matchAll(/<rect class="(\w+)" x="14" y="\d+" width="([\d.]+)"/g),
      ([, ...each]) => each,
    )
    const paths = Array.from(drawn.matchAll(/<path class="(\w+)" d="(M\d+) /g), ([, ...each]) => each)
    const texts = Array.from(drawn.matchAll(/>([^<>\n]+)<\/(?:text|title|desc)>/g), ([, text]) => text)
    assert.deepEqual(
      { widths, paths, texts },
      {
        widths: [
          ['ours', '14'],
          ['ours', '216'],
          ['limit', '108'],
        ],
        paths: [
          ['range', 'M122'],
          ['mark', 'M230'],
        ],
        texts: ['a &amp; b', 'x &lt; y', 'a &amp; b', 'ours', 'group', 'one', '2', 'cat &gt; file', '1'],
      },
    )
  })
})
