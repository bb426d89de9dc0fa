// Ending the process as a signal or an error would have ended it, only after everything that was logged is delivered.

import { constants } from 'node:os'
import { isMainThread } from 'node:worker_threads'
import { seconds } from '../checks.js'
import { functionOption } from '../function-option.js'
import { type Check, type Checks, resolveOptions } from '../options.js'
import { crashOf } from './crash.js'
import { flushAll } from './deliver.js'
import { type Before, Registration, type ShutdownLogger, type ShutdownReason } from './registration.js'

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
  /** Resolves when what has been logged is delivered, as far as the streams tell; with pino's `targets` they do not. */
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
  registrations.add(registration)
  listen()
  const remove = (): void => {
    registrations.delete(registration)
    listen()
  }
  return {
    flush: () => flushAll(registration.streams),
    async close() {
      remove()
      await registration.end('close', () => {})
    },
    remove,
  }
}

const registrations = new Set<Registration>()

// One listener for each event, however many loggers there are.
const listened = new Map<string, typeof onSignal | typeof onCrash | typeof onBeforeExit>()

// Since when the process is being ended, and why.
let ending: { readonly reason: ShutdownReason; readonly since: number } | undefined

function listen(): void {
  const wanted = new Set([...registrations].flatMap(({ events }) => events))
  for (const event of listened.keys()) if (!wanted.has(event)) unlisten(event)
  for (const event of wanted) {
    if (listened.has(event)) continue
    const listener = event === 'beforeExit' ? onBeforeExit : event === 'uncaughtException' ? onCrash : onSignal
    listened.set(event, listener)
    process.on(event, listener)
  }
}

function unlisten(event: string): void {
  const listener = listened.get(event)
  if (listener) process.off(event, listener)
  listened.delete(event)
}

// npm passes on a Ctrl-C that the terminal has sent to the application as well: that is no second one.
const ECHO = 500

function onSignal(signal: NodeJS.Signals): void {
  if (!ending) {
    tell((logger) => logger.info({ signal }, `${signal}: shutting down`))
    end(signal, () => endBy(signal))
  } else if (!isSignal(ending.reason) || performance.now() - ending.since > ECHO) {
    endBy(signal, true)
  }
}

function onCrash(thrown: unknown, origin: 'uncaughtException' | 'unhandledRejection'): void {
  const { error, text } = crashOf(thrown)
  process.stderr.write(`\n${text}\n\nNode.js ${process.version}\n`)
  tell((logger) => logger.fatal(error, origin === 'uncaughtException' ? 'uncaught exception' : 'unhandled rejection'))
  // A crash is no success, whatever the code was to be.
  if (!ending) end(origin, () => process.exit(Number(process.exitCode) || 1))
}

// The process may find more to do, so the logger has to go on.
function onBeforeExit(): void {
  if (!ending) for (const registration of registrations) registration.pass()
}

function end(reason: ShutdownReason, exit: () => void): void {
  const since = performance.now()
  ending = { reason, since }
  // While pino's end() stops this thread nobody would hear a second signal, unless it is the system that does.
  const letGo = (): void => {
    if (performance.now() - since > ECHO) for (const event of [...listened.keys()].filter(isSignal)) unlisten(event)
  }
  Promise.all([...registrations].map((registration) => registration.end(reason, letGo))).then(exit, exit)
}

// By the signal itself, as systemd and shells expect; with a number where that is not possible, as for the first process
// of a container. Those who listen to 'exit' have their turn, unless it has to be `atOnce`.
function endBy(signal: NodeJS.Signals, atOnce = false): void {
  for (const event of listened.keys()) unlisten(event)
  const raise = (): void => {
    if (process.platform !== 'win32' && process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
  if (atOnce) raise()
  process.once('exit', raise)
  process.exit(128 + constants.signals[signal])
}

function tell(log: (logger: ShutdownLogger) => void): void {
  for (const registration of registrations) registration.tell(log)
}

// No process hears of these two.
function isHeard(value: unknown): value is NodeJS.Signals {
  return isSignal(value) && value !== 'SIGKILL' && value !== 'SIGSTOP'
}

function isSignal(value: unknown): value is NodeJS.Signals {
  return typeof value === 'string' && Object.hasOwn(constants.signals, value)
}
