// What became of one handler's records, and whether it adds up.

import type { Stats } from '@pino-handlers/core'

/** A row at the end of the demo. */
export interface Account {
  readonly handler: string
  /** Records that the application logged. */
  readonly sent: number
  /** The handler's own books, as of its last event; undefined if it never sent them. */
  readonly stats: Stats | undefined
  /** Records at the destination; undefined where nothing can be read. */
  readonly found: number | undefined
  readonly where: string
  /** What broke the transport, or kept the destination from being read. */
  readonly errors: readonly string[]
}

/** What does not balance, one sentence each; empty when every record is accounted for. */
export function faultsOf({ sent, stats, found, errors }: Account): string[] {
  if (!stats) return [...errors, 'has closed without its last stats event']
  const { received, filtered, delivered, deadLettered, invalid, queued, state } = stats
  const settled = delivered + droppedOf(stats) + deadLettered + invalid
  const laws: [boolean, string][] = [
    [state === 'closed', `is ${state} at the end, not closed`],
    [sent === received + filtered, `was sent ${sent}, but received ${received} and filtered ${filtered}`],
    [received === settled + queued, `received ${received}, but settled ${settled} and queued ${queued}`],
    [queued === 0, `still queues ${queued}`],
    [found === undefined || delivered === found, `delivered ${delivered}, but ${found} were found`],
  ]
  return [...errors, ...laws.filter(([holds]) => !holds).map(([, fault]) => fault)]
}

/** Records lost, for whatever reason. */
export function droppedOf(stats: Stats): number {
  return Object.values(stats.dropped).reduce((sum, count) => sum + count, 0)
}
