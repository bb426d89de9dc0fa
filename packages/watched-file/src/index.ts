// Records to a file that others may move away, delete or truncate.

import {
  type Checks,
  type CommonJs,
  type CommonOptions,
  commonChecks,
  commonDefaults,
  Handler,
  type Monitor,
  type OptionTable,
  optionTable,
  resolveOptions,
  type Sink,
  seconds,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'
import {
  type FileIdentity,
  type LogFileOptions,
  logFileChecks,
  logFileDefaults,
  openLogFile,
  type Situation,
  type Step,
} from '@pino-handlers/core/file'
import { reopenOnSighup } from './sighup.js'
import { fateOf, identityOf } from './watch.js'

/** Options of {@link watchedFile}. */
export interface WatchedFileOptions extends CommonOptions, LogFileOptions {
  /** Seconds between two looks at the path; 0 looks before each write, as Python does. */
  checkInterval?: number
}

/** Payload of the `reopen` event: the file is open again. */
export interface Reopen {
  readonly handler: string
  readonly filename: string
  /** The path led to another file or to none, or the application was told by a signal. */
  readonly reason: 'moved' | 'deleted' | 'signal'
  /** How often that has happened so far. */
  readonly reopens: number
}

const checks = { checkInterval: seconds, ...logFileChecks, ...commonChecks } satisfies Checks<WatchedFileOptions>
const defaults = { checkInterval: 0, ...logFileDefaults, ...commonDefaults }

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)

/**
 * Writes records to a file, and opens it again when its path leads elsewhere: after logrotate, a deletion, a deploy that
 * wipes the folder. Sizes are bytes, times are seconds. The command 'reopen' does it at once, see reopenOnSighup.
 * Throws a HandlerOptionError for a wrong option, or a file that cannot be opened.
 * Python: `logging.handlers.WatchedFileHandler`.
 */
export default function watchedFile(options: WatchedFileOptions): Handler {
  const settings = resolveOptions('watched-file', checks, defaults, options)
  return new Handler({ name: 'watched-file', settings }, (monitor) => createSink(settings, monitor))
}

/** {@link watchedFile} as a target of `pino.transport()`, with options that are checked at once. */
export function watchedFileTarget(options: WatchedFileOptions, level?: string): WorkerTarget {
  return workerTarget('watched-file', import.meta.url, { options, level }, () =>
    resolveOptions('watched-file', checks, defaults, options),
  )
}

type Settings = ReturnType<typeof resolveOptions<typeof checks, typeof defaults>>

function createSink(settings: Settings, monitor: Monitor): Sink {
  const { filename, mode, delay, checkInterval } = settings
  let identity: FileIdentity | undefined
  let used = !delay
  let closed = false
  let nextLook = 0
  // Why the file is closed, until it is open again.
  let cause: Reopen['reason'] | undefined
  let reopens = 0

  function plan({ parcel, fd }: Situation): Step {
    // After the end the file is opened by its path for each record.
    if (closed) return { head: parcel }
    used = true
    identity ??= identityOf(fd)
    // Just opened, it is not looked for again: where inode numbers change by themselves that would never end.
    const fate = told() ? undefined : look(performance.now())
    return fate ? { change: () => expectReopen(fate) } : { head: parcel }
  }

  function look(now: number): 'moved' | 'deleted' | undefined {
    if (now < nextLook || !identity) return undefined
    nextLook = now + checkInterval * 1000
    return fateOf(identity, filename)
  }

  function expectReopen(reason: Reopen['reason']): void {
    identity = undefined
    cause ??= reason
  }

  function told(): boolean {
    if (!cause) return false
    const event: Reopen = { handler: monitor.handler, filename: filename.toString(), reason: cause, reopens: ++reopens }
    cause = undefined
    monitor.emit('reopen', event)
    return true
  }

  // Mode 'w' would empty a file that is still there.
  function reopen(): void {
    const intact = identity && fateOf(identity, filename) === undefined
    if (closed || !used || (mode === 'w' && intact)) return
    if (writer.changeNow(() => expectReopen('signal'), true)) told()
  }

  const writer = openLogFile(settings, monitor, plan)
  return {
    settles: true,
    write: (batch) => writer.write(batch),
    flush: () => writer.flush(),
    flushSync: () => writer.flushSync(),
    command: (name) => {
      if (name === 'reopen') reopen()
    },
    async close(signal) {
      await writer.close(signal)
      closed = true
    },
  }
}

export { type ReopenTarget, reopenOnSighup } from './sighup.js'

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof watchedFile, typeof import('./index.js')> = Object.assign(watchedFile, {
  watchedFile,
  watchedFileTarget,
  options,
  reopenOnSighup,
})

export { commonJs as 'module.exports', watchedFile }
