// An application that logs, for fixtures: what it does is said by the JSON in its first argument.

import { writeFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { Stats } from '@pino-handlers/core'
import pino from 'pino'

/** What the application does. */
export interface AppInput {
  readonly where: 'worker' | 'in-process'
  readonly options: object
  readonly count: number
  /** Options of the worker thread itself. */
  readonly worker?: object
  /** Characters that each message has more than its number. */
  readonly padding?: number
  /** Waits after each thousand records until pino's own buffer has room, which grows without bounds otherwise. */
  readonly paced?: boolean
  /** Uses process.stdout first, which makes a pipe there non-blocking. */
  readonly touchStdout?: boolean
  /** 'end' ends the stream, 'exit' calls process.exit(0), 'return' does neither. */
  readonly end: 'end' | 'exit' | 'return'
  /** Where the last books go, with the most memory that the process has had in MB. */
  readonly report?: string
}

/** What the application leaves in its `report`. */
export interface AppReport {
  readonly stats: Stats
  readonly maxRss: number
}

interface Destination extends pino.DestinationStream {
  end(): void
  readonly writableNeedDrain: boolean
  once(event: 'drain', listener: () => void): unknown
  on(event: 'stats', listener: (stats: Stats) => void): unknown
  on(event: 'close', listener: () => void): unknown
}

/** Runs the application with the handler of package `target`. */
export async function runApp(target: string): Promise<void> {
  const input: AppInput = JSON.parse(process.argv[2] ?? '')
  const { where, options, count, worker = {}, padding = 0, end, report } = input
  if (input.touchStdout) process.stdout.on('error', () => {})
  const destination: Destination =
    where === 'worker' ? pino.transport({ target, options, worker }) : (await import(target)).default(options)
  if (end === 'end') {
    // pino does not keep the process alive for its worker's last words.
    const alive = setInterval(() => {}, 1000)
    destination.on('close', () => clearInterval(alive))
  }
  destination.on('stats', (stats) => {
    const maxRss = Math.round(process.resourceUsage().maxRSS / 1024)
    if (report) writeFileSync(report, JSON.stringify({ stats, maxRss }))
  })
  const logger = pino({ base: null }, destination)
  const rest = 'x'.repeat(padding)
  for (let n = 0; n < count; n++) {
    logger.info(`${n} ${rest}`)
    if (!input.paced || n % 1000 < 999) continue
    await setImmediate()
    if (destination.writableNeedDrain) await new Promise<void>((resolve) => destination.once('drain', resolve))
  }
  if (end === 'end') {
    destination.end()
  }
  if (end === 'exit') process.exit(0)
}
