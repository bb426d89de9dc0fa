// The last chance of an in-process handler: process.exit() ends the event loop, and with it all that waits.

import { inPinoWorker } from './pino-thread.js'

const pending = new Set<() => void>()

/** Calls `flush` when the process exits, until the returned function is called. In pino's worker it does nothing: pino ends its transports itself. */
export function atExit(flush: () => void): () => void {
  if (inPinoWorker) return () => {}
  if (pending.size === 0) process.on('exit', flushAll)
  pending.add(flush)
  return () => {
    pending.delete(flush)
    if (pending.size === 0) process.off('exit', flushAll)
  }
}

function flushAll(): void {
  for (const flush of pending) flush()
}
