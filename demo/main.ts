// A shop under load logs through every handler, each in pino's worker; at the end the books must balance.

import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toError } from '@pino-handlers/core'
import { type Account, droppedOf, faultsOf } from './account.js'
import { openLane } from './lane.js'
import type { Destination } from './row.js'
import { leftOut, rows } from './rows/index.js'
import { runShop } from './shop.js'
import { table } from './table.js'

const REQUESTS = 2000
const CONNECTIONS = 16
const TIME_LIMIT = 45_000

// Each worker of pino's listens once to the end of the process.
process.setMaxListeners(rows.length + 10)

const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort())

try {
  const balanced = await demo(tempFolder())
  process.exitCode = interrupt.signal.aborted ? 130 : balanced ? 0 : 1
} catch (error) {
  console.error(`\nThe demo failed: ${toError(error).message}`)
  process.exit(1)
}

// What a run leaves behind can be looked at until the next one.
function tempFolder(): string {
  const dir = join(tmpdir(), 'pino-handlers-demo')
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir)
  return dir
}

async function demo(dir: string): Promise<boolean> {
  console.log(
    `A node:http shop answers ${REQUESTS} requests and logs them through ${rows.length} handlers, a worker each.`,
  )
  for (const line of leftOut) console.log(line)
  const destinations: Destination[] = []
  try {
    return await withinLimit(async () => {
      for (const row of rows) destinations.push(await row.start(dir))
      const lanes = destinations.map((destination, index) => openLane(rows[index]?.handler ?? '', destination))
      await Promise.all(lanes.map((lane) => lane.ready))
      const sent = await runShop(
        lanes.map((lane) => lane.transport),
        { requests: REQUESTS, connections: CONNECTIONS, signal: interrupt.signal },
      )
      const accounts = await Promise.all(lanes.map((lane) => lane.close(sent)))
      return report(accounts, dir)
    })
  } finally {
    await Promise.allSettled(destinations.map((destination) => destination.stop?.()))
  }
}

// The timer also keeps the process alive: waiting for a worker's end alone does not on Node 20.
async function withinLimit<T>(task: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${TIME_LIMIT / 1000} seconds`)), TIME_LIMIT)
  })
  try {
    return await Promise.race([task(), expired])
  } finally {
    clearTimeout(timer)
  }
}

function report(accounts: readonly Account[], dir: string): boolean {
  console.log(`${table(accounts)}\n`)
  for (const { handler, stats } of accounts) {
    if (stats && droppedOf(stats) > 0) console.log(`${handler} dropped: ${JSON.stringify(stats.dropped)}`)
  }
  const faults = accounts.flatMap((account) => faultsOf(account).map((fault) => `${account.handler}: ${fault}`))
  for (const fault of faults) console.error(`✗ ${fault}`)
  if (faults.length > 0) return false
  console.log('The books balance: every record that was sent is accounted for. Now try:')
  console.log(`  head -2 ${join(dir, 'file.log')}`)
  console.log(`  grep -m 1 -A 9 ERROR ${join(dir, 'file-formatted.log')}`)
  console.log(`  cat ${join(dir, 'mail-2.eml')}`)
  console.log(`  head -7 ${join(dir, 'http-forms.txt')}`)
  console.log(`  ls -l ${dir}`)
  return true
}
