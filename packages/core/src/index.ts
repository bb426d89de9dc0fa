// What handler packages are made of, and what users of all handlers may need.

export { Batch, type BatchContext } from './batch.js'
export { beforeExit, notBeforeExit } from './before-exit.js'
export {
  bytes,
  count,
  flag,
  fromOneSecond,
  name,
  oneOf,
  permissions,
  positiveCount,
  required,
  seconds,
  text,
} from './checks.js'
export { type CommonOptions, type CommonSettings, commonChecks, commonDefaults, type Filter } from './common.js'
export type { CommonJs } from './common-js.js'
export { dropReport } from './drop-report.js'
export { HandlerOptionError, isReaderGone, toError } from './errors.js'
export { excText } from './exc-text.js'
export type { BufferingFormatter, Formatter, FormatterOptions, RecordView } from './formatter/index.js'
export type { FormatRecord, FormatterOption } from './formatter-option.js'
export { type FunctionOption, functionOption, loadFunction } from './function-option.js'
export { Handler, type HandlerConfig } from './handler.js'
export { Intake } from './intake.js'
export { isObject } from './is-object.js'
export { jsonText } from './json-text.js'
export {
  type CustomLevels,
  getLevelName,
  INFO,
  LEVELS,
  type Level,
  type LevelRow,
  levelCheck,
  levelname,
  levelno,
  levelRow,
  parseLevel,
} from './levels.js'
export { lineField, lineTime } from './line-facts.js'
export { countLines, LineBuffer, piecesOf, splitLines } from './lines.js'
export { milliseconds } from './milliseconds.js'
export { Monitor } from './monitor.js'
export {
  type Check,
  type Checks,
  checkOption,
  nearestName,
  type OptionRow,
  type OptionTable,
  optionTable,
  type Resolved,
  resolveOptions,
  type Secret,
  show,
} from './options.js'
export { type Loss, Outbox, type OutboxLimits, type Overflow } from './outbox.js'
export {
  holdsNothing,
  type OutboxOptions,
  type OutboxSettings,
  outboxChecks,
  outboxDefaults,
  type Size,
} from './outbox-options.js'
export { type Cut, cutAfter, cutBytes, type Parcel, parcelOf, parcelOfLines } from './parcel.js'
export { type CommandTarget, inPinoWorker, ownsThread, sendCommand, whenConfigured } from './pino-thread.js'
export { LogRecord } from './record.js'
export { recordCount } from './record-count.js'
export { PINO_SHAPE, type RecordShape } from './record-shape.js'
export { REDACTED, redact } from './redact.js'
export { requireOptional } from './require-optional.js'
export { type GracefulShutdown, gracefulShutdown, type ShutdownOptions } from './shutdown/graceful-shutdown.js'
export type { ShutdownLogger, ShutdownReason } from './shutdown/registration.js'
export type { Sink } from './sink.js'
export type { Drop, Failure, OnError, State, Stats } from './stats.js'
export { type WorkerTarget, workerTarget } from './worker-target.js'
