// Signals: the first one has the input read to its end, the second one ends at once.

import type { Handler } from '@pino-handlers/core'
import type { Io, Signal } from './io.js'

// What a shell makes of the signals.
const EXIT_CODES: Readonly<Record<Signal, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143, SIGBREAK: 149 }

// npm and others pass on a signal that the terminal has sent already. Such an echo is no second signal.
const ECHO = 500

/** Listens until the returned function is called. */
export function onSignals(
  io: Io,
  handler: Handler,
  first: () => void,
  platform: NodeJS.Platform = process.platform,
): () => void {
  let begun: { readonly signal: Signal; readonly since: number } | undefined
  const end = (signal: Signal): void => {
    if (!begun) {
      begun = { signal, since: performance.now() }
      first()
    } else if (signal !== begun.signal || performance.now() - begun.since > ECHO) {
      io.exit(EXIT_CODES[signal])
    }
  }
  // logrotate asks so for a new file; a terminal that is closed ends the input by itself.
  const reopen = (): void => handler.command('reopen')
  const listeners: readonly (readonly [Signal, typeof end])[] = [
    ['SIGINT', end],
    ['SIGTERM', end],
    // On Windows it says that the console is closed, and SIGBREAK is its other Ctrl-C.
    ['SIGHUP', platform === 'win32' ? end : reopen],
    ...(platform === 'win32' ? [['SIGBREAK', end] as const] : []),
  ]
  for (const [signal, listener] of listeners) io.on(signal, listener)
  return () => {
    for (const [signal, listener] of listeners) io.off(signal, listener)
  }
}
