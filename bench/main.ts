// Ours beside peers. Peers take turns within a round, each in a fresh process, so that what disturbs one disturbs all.
//   npm run bench                              everything
//   npm run bench -- file core --runs 3        some scenarios, fewer runs
//   npm run bench -- --records 1000000 --json results.json
//   npm run bench -- --help                    the scenarios and options

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readArguments, usage } from './arguments.js'
import { machine } from './machine.js'
import type { Figures, Results, Scenario, Size } from './scenario.js'
import { backups } from './scenarios/backups.js'
import { core } from './scenarios/core.js'
import { datagram } from './scenarios/datagram.js'
import { fanOut } from './scenarios/fan-out.js'
import { file } from './scenarios/file.js'
import { formatted } from './scenarios/formatted.js'
import { http } from './scenarios/http.js'
import { looking } from './scenarios/looking.js'
import { memory } from './scenarios/memory.js'
import { paced } from './scenarios/paced.js'
import { queue } from './scenarios/queue.js'
import { rotating } from './scenarios/rotating.js'
import { smtp } from './scenarios/smtp.js'
import { socket } from './scenarios/socket.js'
import { startUp } from './scenarios/start-up.js'
import { syslog } from './scenarios/syslog.js'
import { timed } from './scenarios/timed.js'
import { table, verdict } from './table.js'

const all = [
  file,
  paced,
  formatted,
  looking,
  rotating,
  timed,
  backups,
  socket,
  datagram,
  syslog,
  http,
  smtp,
  fanOut,
  memory,
  queue,
  core,
  startUp,
]

const { scenarios: names, json, help, ...size } = readArguments(process.argv.slice(2))
if (help) {
  console.log(usage(all))
  process.exit()
}
const unknown = names.find((name) => !all.some((scenario) => scenario.name === name))
if (unknown !== undefined)
  throw new Error(`no scenario '${unknown}'; there are ${all.map(({ name }) => name).join(', ')}`)

const folder = mkdtempSync(join(tmpdir(), 'pino-handlers-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

console.log(machine())
console.log(`${size.runs} runs; medians [least–most], ratios are medians of the ratios within each run`)
const done: Record<string, Record<string, readonly Figures[]>> = {}
for (const scenario of all.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const results = await run(scenario, size)
  console.log(`\n## ${scenario.name}: ${scenario.title}\n\n${table(scenario, results)}\n`)
  for (const goal of scenario.goals) console.log(verdict(goal, scenario, results))
  done[scenario.name] = Object.fromEntries(results)
}
if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine: machine(), ...size, done }, null, 2)}\n`)

async function run(scenario: Scenario, size: Size): Promise<Results> {
  const results = new Map<string, Figures[]>(scenario.peers.map((peer) => [peer, []]))
  for (let round = 0; round < size.runs; round++) {
    for await (const [peer, figures] of scenario.measure(size, folder, round)) results.get(peer)?.push(figures)
  }
  return results
}
