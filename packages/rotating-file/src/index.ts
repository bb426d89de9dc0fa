// Records to a file that rolls over at a size.

import {
  bytes,
  type Checks,
  type CommonJs,
  type CommonOptions,
  checkOption,
  commonChecks,
  commonDefaults,
  Handler,
  type Monitor,
  type OptionTable,
  optionTable,
  resolveOptions,
  type Sink,
  type Size,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'
import { type LogFileOptions, logFileChecks, logFileDefaults, openLogFile } from '@pino-handlers/core/file'
import {
  checkNamer,
  numberedScheme,
  Rotation,
  type RotationOptions,
  rotatingSink,
  rotationChecks,
  rotationDefaults,
  SharedFile,
  sizePlan,
} from '@pino-handlers/core/rotation'

/** Options of {@link rotatingFile}. */
export interface RotatingFileOptions extends CommonOptions, LogFileOptions, RotationOptions {
  /** Roll over before a record would make the file reach this many bytes; 0 never rolls over. Python: `maxBytes=0`. */
  maxBytes?: Size
}

const checks = {
  maxBytes: bytes,
  ...logFileChecks,
  ...rotationChecks,
  ...commonChecks,
} satisfies Checks<RotatingFileOptions>
const defaults = { maxBytes: 0, ...rotationDefaults, ...logFileDefaults, ...commonDefaults }

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)

/**
 * Writes records to a file and rolls it over at a size: app.log becomes app.log.1, which becomes app.log.2, and so on.
 * No file exceeds `maxBytes`, but for one that holds a single larger record. Sizes are bytes, times are seconds.
 * Throws a HandlerOptionError for a wrong option, or a file that cannot be opened.
 * Python: `logging.handlers.RotatingFileHandler`.
 */
export default function rotatingFile(options: RotatingFileOptions): Handler {
  const given = resolveOptions('rotating-file', checks, defaults, options)
  // A run that starts the file anew would lose what the previous one has written.
  const settings = given.maxBytes > 0 ? { ...given, mode: 'a' as const } : given
  return new Handler({ name: 'rotating-file', settings }, (monitor) => createSink(settings, monitor))
}

/** {@link rotatingFile} as a target of `pino.transport()`, with options that are checked at once. */
export function rotatingFileTarget(options: RotatingFileOptions, level?: string): WorkerTarget {
  return workerTarget('rotating-file', import.meta.url, { options, level }, () =>
    resolveOptions('rotating-file', checks, defaults, options),
  )
}

type Settings = ReturnType<typeof resolveOptions<typeof checks, typeof defaults>>

function createSink(settings: Settings, monitor: Monitor): Sink {
  const { filename, namer, maxBytes, backupCount, maxFiles, maxAge, maxTotalBytes, compress, shared } = settings
  const retention = { maxFiles, maxAge, maxTotalBytes }
  const keeps = backupCount || (Object.values(retention).some((limit) => limit) ? Number.POSITIVE_INFINITY : 0)
  const naming = { filename, namer }
  checkOption('rotating-file', 'namer', () => checkNamer(naming, ['1', '2']))
  const scheme = { naming, retention, ...numberedScheme(naming, keeps, compress !== undefined) }
  const rotation = new Rotation(scheme, settings, monitor)
  const sharedFile = shared ? new SharedFile(filename) : undefined
  const roll = (): void => rotation.roll('size', () => sharedFile?.isStill() ?? true)
  const cap = sizePlan(maxBytes > 0 && keeps > 0 ? maxBytes : Number.POSITIVE_INFINITY, () => rotation.possible, roll)
  warn(settings, keeps, monitor)
  if (keeps > 0) rotation.start()
  // Where a rollover fails, mode 'w' must not empty the file that goes on.
  const sink = rotatingSink(openLogFile(settings, monitor, sharedFile?.plan(cap) ?? cap, 'a'), rotation)
  return keeps > 0 ? sink : { ...sink, command: (name) => refuse(name, monitor) }
}

function refuse(command: string, monitor: Monitor): void {
  if (command === 'rotate') monitor.notice('nothing rolls over, since no backups are kept')
}

function warn({ maxBytes, rotateOnStart }: Settings, keeps: number, monitor: Monitor): void {
  if ((maxBytes > 0 || rotateOnStart) && keeps === 0) {
    monitor.notice('backupCount is 0: as in Python nothing rolls over, and the file grows beyond maxBytes')
  }
  if (maxBytes === 0 && keeps > 0 && !rotateOnStart) {
    monitor.notice('maxBytes is 0: as in Python nothing rolls over by itself, whatever is to be kept')
  }
}

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof rotatingFile, typeof import('./index.js')> = Object.assign(rotatingFile, {
  rotatingFile,
  rotatingFileTarget,
  options,
})

export { commonJs as 'module.exports', rotatingFile }
