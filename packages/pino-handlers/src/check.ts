// Trying a destination: one record, and what became of it.

import { type Handler, INFO, levelCheck, type Stats, toError } from '@pino-handlers/core'
import type { HandlerModule } from './handlers.js'
import { lossesOf } from './losses.js'
import { recordOf } from './plain-text.js'
import { wrapSettings } from './reading.js'

/** What became of the record. */
export interface Outcome {
  readonly delivered: boolean
  readonly words: string
}

type Options = Readonly<Record<string, unknown>>

// Milliseconds that a destination may take.
const LIMIT = 10_000

const TEXT = 'pino-handlers --check: a record to try this destination'

/** Sends a record that `level` lets through, and closes. A file is not started anew and does not roll over for it. */
export async function check(module: HandlerModule, options: Options): Promise<Outcome> {
  const careful = {
    ...options,
    ...('mode' in options && { mode: 'a' }),
    ...('rotateOnStart' in options && { rotateOnStart: false }),
    // Where there is no event log, records count as delivered otherwise.
    ...('onUnsupported' in module.table && { onUnsupported: 'error' }),
    onError: 'ignore',
  }
  let handler: Handler
  try {
    handler = module.create(careful)
  } catch (error) {
    const reason = isFromSystem(error) ? error.message : whyUnsupported(error)
    if (reason !== undefined) return { delivered: false, words: `not delivered: ${reason}` }
    throw error
  }
  // The first failure is an answer: nobody who tries wants to wait for the next attempt.
  handler.once('failure', () => handler.destroy())
  const timer = setTimeout(() => handler.destroy(), LIMIT)
  const closed = new Promise<void>((resolve) => handler.once('close', () => resolve()))
  handler.write(testRecord(module, options))
  handler.end()
  await closed
  clearTimeout(timer)
  return outcomeOf(handler.stats, isDatagram(module.name, options))
}

// A wrong option is no answer of the destination, a file that cannot be opened is one.
function isFromSystem(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  return 'syscall' in error || isFromSystem(error.cause)
}

function whyUnsupported(error: unknown): string | undefined {
  return / is 'error', and (.*)$/s.exec(toError(error).message)?.[1]
}

function testRecord({ name, table }: HandlerModule, options: Options): string {
  const levels = [options.level, ...(name === 'memory' ? [options.flushLevel ?? table.flushLevel?.default] : [])]
  const numbers = levels.flatMap((level) => levelCheck.parse(level, options) ?? [])
  return recordOf(TEXT, wrapSettings(Math.max(INFO, ...numbers), options))
}

function isDatagram(name: string, { socktype, address }: Options): boolean {
  return (
    name === 'datagram' || (name === 'syslog' && (socktype ?? (typeof address === 'string' ? '' : 'udp')) === 'udp')
  )
}

function outcomeOf(stats: Stats, datagram: boolean): Outcome {
  const reason = [stats, ...(stats.targets ?? [])].map(({ lastError }) => lastError).find((error) => error !== null)
  const told = reason === undefined ? '' : `: ${reason}`
  if (stats.filtered > 0) return { delivered: false, words: `not tried: level or filter keep the record out${told}` }
  if (lossesOf(stats) > 0 || stats.delivered === 0) {
    const why = told || `: ${Object.keys(stats.dropped).join(', ') || 'no answer'}`
    return { delivered: false, words: `not delivered${why}` }
  }
  if (reason !== undefined) return { delivered: false, words: `delivered, but not as it should be${told}` }
  return { delivered: true, words: datagram ? 'sent; whether a datagram arrives, nobody says' : 'delivered' }
}
