// Signals: the first one has the input read to its end, the second one ends at once.

import type { Handler } from '@pino-handlers/core'
import type { Io, Signal } from './io.js'

// What a shell makes of the signals.
const EXIT_CODES: Readonly<Record<Signal, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

/** Listens until the returned function is called. */
export function onSignals(io: Io, handler: Handler, first: () => void): () => void {
  let count = 0
  const end = (signal: Signal): void => {
    count++
    if (count === 1) first()
    else io.exit(EXIT_CODES[signal])
  }
  // logrotate asks so for a new file; a terminal that is closed ends the input by itself.
  const reopen = (): void => handler.command('reopen')
  io.on('SIGINT', end)
  io.on('SIGTERM', end)
  io.on('SIGHUP', reopen)
  return () => {
    io.off('SIGINT', end)
    io.off('SIGTERM', end)
    io.off('SIGHUP', reopen)
  }
}
