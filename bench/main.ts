// Ours beside peers.
//   npm run bench                              everything
//   npm run bench -- file core --runs 3        some scenarios, fewer runs
//   npm run bench -- --records 1000000 --json results.json
//   npm run bench -- --help                    the scenarios and options

import { writeFileSync } from 'node:fs'
import { readArguments, usage } from './arguments.js'
import { environment, inWords } from './machine.js'
import { endAtSignals, runScenario } from './run-scenario.js'
import type { Figures } from './scenario.js'
import { scenarios, scenariosNamed } from './scenarios/all.js'
import { table, verdict } from './table.js'

const { names, json, help, ...asked } = readArguments(process.argv.slice(2))
if (help) {
  console.log(usage(scenarios))
  process.exit()
}
endAtSignals()

const machine = inWords(environment())
console.log(machine)
console.log('medians [least–most], ratios are medians of the ratios within each run')
const done: Record<string, Record<string, readonly Figures[]>> = {}
for (const scenario of scenariosNamed(names)) {
  const size = { ...scenario.size, ...asked }
  const results = await runScenario(scenario, size)
  console.log(`\n## ${scenario.name}: ${scenario.title}\n\n${size.runs} runs of ${size.records}\n`)
  console.log(`${table(scenario, results)}\n`)
  for (const goal of scenario.goals) console.log(verdict(goal, scenario, results))
  done[scenario.name] = Object.fromEntries(results)
}
if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, done }, null, 2)}\n`)
