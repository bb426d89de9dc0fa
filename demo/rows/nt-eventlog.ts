// @pino-handlers/nt-eventlog: events of Windows, read back by the tool that every Windows has.

import { spawnSync } from 'node:child_process'
import type { NtEventlogOptions } from '@pino-handlers/nt-eventlog'
import type { Row } from '../row.js'

export const ntEventlog: Row = {
  handler: 'nt-eventlog',
  start() {
    // A name of its own, so that events of earlier runs do not count.
    const appname = `pino-handlers-demo-${process.pid}-${Date.now()}`
    const options: NtEventlogOptions = { appname }
    return {
      target: { target: '@pino-handlers/nt-eventlog', options },
      where: `the Application log of Windows, source ${appname}`,
      verify: () => countEvents(appname),
    }
  },
}

function countEvents(appname: string): number {
  const query = `*[System[Provider[@Name='${appname}']]]`
  const { stdout, error } = spawnSync('wevtutil', ['query-events', 'Application', `/query:${query}`, '/format:xml'], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  if (error) throw error
  return stdout.split('<Event ').length - 1
}
