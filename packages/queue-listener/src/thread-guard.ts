// Keeping pino's worker alive when a target throws where nobody catches it.

import { ownsThread } from '@pino-handlers/core'

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const

type Report = (error: unknown) => void

const reports = new Set<Report>()
let restore: (() => void)[] = []

/**
 * In a worker of pino's that has no other target, calls `report` with what nobody has caught, where pino would end the
 * thread; until the returned function is called. Elsewhere it does nothing: what becomes of the process is the
 * application's business, and an error of another target is pino's.
 */
export function guardThread(report: Report): () => void {
  if (!ownsThread) return () => {}
  if (reports.size === 0) restore = EVENTS.map(takeOver)
  reports.add(report)
  return () => {
    if (reports.delete(report) && reports.size === 0) for (const each of restore) each()
  }
}

// Others that listen would end the thread.
function takeOver(event: (typeof EVENTS)[number]): () => void {
  const others = process.rawListeners(event)
  process.removeAllListeners(event)
  process.on(event, tell)
  return () => {
    process.off(event, tell)
    for (const other of others) process.on(event, (...args: unknown[]) => Reflect.apply(other, process, args))
  }
}

function tell(error: unknown): void {
  for (const report of reports) report(error)
}
