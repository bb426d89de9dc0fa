// Ending the process as a signal or an error would have ended it, only after everything that was logged is delivered.

import { isMainThread } from 'node:worker_threads'
import { seconds } from '../checks.js'
import { functionOption } from '../function-option.js'
import { type Check, type Checks, resolveOptions } from '../options.js'
import { flushAll } from './deliver.js'
import { isSignal, processEnd } from './process-end.js'
import { type Before, Registration, type ShutdownLogger } from './registration.js'

/** Options of {@link gracefulShutdown}. */
export interface ShutdownOptions {
  /** What the application does first, while the logger still works. It must not call process.exit(). */
  before?: Before
  /** Seconds that `before` may take, and then the delivery. Default: 10, as long as pino waits for its worker. */
  timeout?: number
  /** The signals to listen to. Default: SIGTERM and SIGINT, on Windows also SIGBREAK and SIGHUP. */
  signals?: readonly NodeJS.Signals[]
}

/** A logger that {@link gracefulShutdown} looks after. */
export interface GracefulShutdown {
  /** Resolves when what has been logged is delivered, as far as the streams tell; of pino's `targets` handlers of this family do. */
  flush(): Promise<void>
  /** Does the same as a signal, but for ending the process. */
  close(): Promise<void>
  /** No longer looks after the logger. */
  remove(): void
}

const signalsCheck: Check<readonly NodeJS.Signals[]> = {
  expected: "a list of signals such as ['SIGTERM', 'SIGINT']",
  parse: (value) => (Array.isArray(value) && value.every(isHeard) ? value : undefined),
}

const checks = {
  before: functionOption<Before>('(reason) => void or a promise'),
  timeout: seconds,
  signals: signalsCheck,
} satisfies Checks<ShutdownOptions>

// SIGHUP is for log files that were moved away, but on Windows it says that the console is closed.
const defaults = {
  timeout: 10,
  signals: ['SIGTERM', 'SIGINT', ...(process.platform === 'win32' ? (['SIGBREAK', 'SIGHUP'] as const) : [])] as const,
}

/**
 * Delivers what the logger has logged before a signal or an uncaught error ends the process, which then ends as it would
 * have ended: by the signal, or with code 1. Times are seconds. Call it in the main thread, once for each logger, not for
 * its children. Throws a TypeError for what is no logger of pino and a HandlerOptionError for a wrong option. Python:
 * `logging.shutdown`.
 */
export function gracefulShutdown(logger: ShutdownLogger, options?: ShutdownOptions): GracefulShutdown {
  if (!isMainThread)
    throw new Error('[graceful-shutdown] works in the main thread only: workers get no signals, and end with it')
  const { before, timeout, signals } = resolveOptions('graceful-shutdown', checks, defaults, options)
  const events = [...signals, 'beforeExit', 'uncaughtException']
  const registration = new Registration(logger, events, before, timeout)
  const end = processEnd()
  const remove = (): void => end.remove(registration)
  end.add(registration)
  return {
    flush: () => flushAll(registration.streams),
    // A signal meanwhile waits for it.
    close: () => registration.end('close', async () => {}).finally(remove),
    remove,
  }
}

// No process hears of these two.
function isHeard(value: unknown): value is NodeJS.Signals {
  return isSignal(value) && value !== 'SIGKILL' && value !== 'SIGSTOP'
}
