// What ends the process, and how it ends: one for all loggers, also for those of another copy of this package.

import { constants } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { isObject } from '../is-object.js'
import { crashOf } from './crash.js'
import type { Registration, ShutdownLogger, ShutdownReason } from './registration.js'

// node --watch passes on a Ctrl-C that the terminal has sent to the application as well: that is no second one. It came
// within 26 ms; who presses the keys once more takes longer than this.
const ECHO = 200

// The number stands for what copies ask of each other: the methods below and those of Registration.
const KEY = Symbol.for('@pino-handlers/core/graceful-shutdown/1')

// A logger that is looked after, by this copy of the package or by another one.
type Registered = Pick<Registration, 'events' | 'tell' | 'end' | 'pass'>

type Origin = 'uncaughtException' | 'unhandledRejection'

type Listener = ((signal: NodeJS.Signals) => void) | ((thrown: unknown, origin: Origin) => void)

// Listens while there are loggers to look after, with one listener for each event.
class ProcessEnd {
  readonly #registrations = new Set<Registered>()
  readonly #listened = new Map<string, Listener>()
  // Since when the process is being ended, and why.
  #ending: { readonly reason: ShutdownReason; readonly since: number } | undefined

  /** Looks after a logger from now on. */
  add(registration: Registered): void {
    this.#registrations.add(registration)
    this.#listen()
  }

  /** No longer looks after it. */
  remove(registration: Registered): void {
    this.#registrations.delete(registration)
    this.#listen()
  }

  #listen(): void {
    const wanted = new Set([...this.#registrations].flatMap(({ events }) => events))
    for (const event of this.#listened.keys()) if (!wanted.has(event)) this.#unlisten(event)
    for (const event of wanted) {
      if (this.#listened.has(event)) continue
      const listener =
        event === 'beforeExit' ? this.#onBeforeExit : event === 'uncaughtException' ? this.#onCrash : this.#onSignal
      this.#listened.set(event, listener)
      process.on(event, listener)
    }
  }

  #unlisten(event: string): void {
    const listener = this.#listened.get(event)
    if (listener) process.off(event, listener)
    this.#listened.delete(event)
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    // A listener that was called before this one has taken it away.
    if (!this.#listened.has(signal)) return
    if (!this.#ending) {
      this.#tell((logger) => logger.info({ signal }, `${signal}: shutting down`))
      this.#end(signal, () => this.#endBy(signal))
    } else if (!isSignal(this.#ending.reason) || performance.now() - this.#ending.since > ECHO) {
      this.#endBy(signal, true)
    }
  }

  readonly #onCrash = (thrown: unknown, origin: Origin): void => {
    if (!this.#listened.has('uncaughtException')) return
    const { error, text } = crashOf(thrown)
    process.stderr.write(`\n${text}\n\nNode.js ${process.version}\n`)
    this.#tell((logger) =>
      logger.fatal(error, origin === 'uncaughtException' ? 'uncaught exception' : 'unhandled rejection'),
    )
    // A crash is no success, whatever the code was to be.
    if (!this.#ending) this.#end(origin, () => process.exit(Number(process.exitCode) || 1))
  }

  // The process may find more to do, so the logger has to go on.
  readonly #onBeforeExit = (): void => {
    if (!this.#ending) for (const registration of this.#registrations) registration.pass()
  }

  #end(reason: ShutdownReason, exit: () => void): void {
    const since = performance.now()
    this.#ending = { reason, since }
    // While pino's end() stops this thread only the system hears of a second signal, if nobody here listens to it.
    const letGo = async (): Promise<void> => {
      if (isSignal(reason)) await setTimeout(Math.max(0, since + ECHO - performance.now()))
      for (const event of [...this.#listened.keys()].filter(isSignal)) this.#unlisten(event)
    }
    Promise.all([...this.#registrations].map((registration) => registration.end(reason, letGo))).then(exit, exit)
  }

  // By the signal itself, as systemd and shells expect; with a number where that is not possible, as for the first process
  // of a container. Those who listen to 'exit' have their turn, unless it has to be `atOnce`.
  #endBy(signal: NodeJS.Signals, atOnce = false): void {
    for (const event of this.#listened.keys()) this.#unlisten(event)
    const raise = (): void => {
      if (process.platform !== 'win32' && process.listenerCount(signal) === 0) process.kill(process.pid, signal)
    }
    if (atOnce) raise()
    process.once('exit', raise)
    process.exit(128 + constants.signals[signal])
  }

  #tell(log: (logger: ShutdownLogger) => void): void {
    for (const registration of this.#registrations) registration.tell(log)
  }
}

/** That of this process: the copy of this package that is asked first makes it. */
export function processEnd(): ProcessEnd {
  const known: unknown = Reflect.get(globalThis, KEY)
  if (isProcessEnd(known)) return known
  const made = new ProcessEnd()
  Reflect.set(globalThis, KEY, made)
  return made
}

function isProcessEnd(value: unknown): value is ProcessEnd {
  return isObject(value) && 'add' in value && 'remove' in value
}

/** Whether a signal of this system has that name. */
export function isSignal(value: unknown): value is NodeJS.Signals {
  return typeof value === 'string' && Object.hasOwn(constants.signals, value)
}
