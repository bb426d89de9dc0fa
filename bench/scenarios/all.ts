// Every scenario, in the order of the report.

import type { Scenario } from '../scenario.js'
import { backups } from './backups.js'
import { commandLine } from './command-line.js'
import { core } from './core.js'
import { datagram } from './datagram.js'
import { engines } from './engines.js'
import { fanOut } from './fan-out.js'
import { file } from './file.js'
import { formatted } from './formatted.js'
import { http } from './http.js'
import { looking } from './looking.js'
import { memory } from './memory.js'
import { nullScenario } from './null.js'
import { paced } from './paced.js'
import { queue } from './queue.js'
import { rotating } from './rotating.js'
import { smtp } from './smtp.js'
import { socket } from './socket.js'
import { startUp } from './start-up.js'
import { stream } from './stream.js'
import { syslog } from './syslog.js'
import { timed } from './timed.js'

export const scenarios: readonly Scenario[] = [
  stream,
  file,
  paced,
  formatted,
  looking,
  nullScenario,
  rotating,
  timed,
  backups,
  socket,
  datagram,
  syslog,
  smtp,
  memory,
  http,
  queue,
  fanOut,
  ...engines,
  commandLine,
  core,
  startUp,
]

/** Those with these names, all of them when there are none; throws for a name that none has. */
export function scenariosNamed(names: readonly string[]): readonly Scenario[] {
  const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name === name))
  if (unknown !== undefined)
    throw new Error(`no scenario '${unknown}'; there are ${scenarios.map(({ name }) => name).join(', ')}`)
  return names.length === 0 ? scenarios : scenarios.filter(({ name }) => names.includes(name))
}
