// Records wait in memory for a reason to be written.

import {
  bytes,
  type Check,
  type Checks,
  type CommonJs,
  type CommonOptions,
  type CommonSettings,
  commonChecks,
  commonDefaults,
  type FunctionOption,
  flag,
  functionOption,
  Handler,
  HandlerOptionError,
  inPinoWorker,
  type Level,
  levelCheck,
  name,
  type OptionTable,
  type OutboxOptions,
  oneOf,
  optionTable,
  outboxChecks,
  outboxDefaults,
  positiveCount,
  required,
  resolveOptions,
  type Size,
  seconds,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'
import {
  type Target,
  type TargetOptions,
  type TargetSpec,
  type TargetStream,
  targetCheck,
  targetChecks,
  targetDefaults,
} from '@pino-handlers/core/target'
import { type MemorySettings, MemorySink } from './memory-sink.js'
import type { ShouldFlush } from './rules.js'
import { isFull, shouldFlush } from './rules.js'

/** Options of {@link memory}. */
export interface MemoryOptions extends Omit<CommonOptions, 'formatter'>, OutboxOptions, TargetOptions {
  /** Records that a buffer holds: with so many it is flushed, or the oldest goes, as `onFull` says. Python: `capacity`. */
  capacity: number
  /** A record of this level or above flushes its buffer. Python: `flushLevel=ERROR`. */
  flushLevel?: Level
  /** Where records go: pino's `{ target, options, level }`, or in-process a stream, or null and one by `setTarget` later. Python: `target=None`. */
  target?: TargetSpec | TargetStream | null
  /** Whether closing flushes. Default: true with `onFull: 'flush'`, else false. Python: `flushOnClose=True`. */
  flushOnClose?: boolean
  /** Decides instead of `flushLevel` and `capacity` whether a record flushes its buffer. Python: `shouldFlush`. */
  shouldFlush?: FunctionOption<ShouldFlush>
  /** Bytes that all buffers hold together; then they are flushed, or the oldest record goes. Not in Python. */
  maxBytes?: Size
  /** What becomes of a buffer that is full. Default: 'flush', as in Python; with `keyBy` 'drop-oldest'. */
  onFull?: 'flush' | 'drop-oldest'
  /** A field of the records, such as 'reqId': each of its values has a buffer of its own. Not in Python. */
  keyBy?: string
  /** Seconds after its last record until a key is forgotten, with what it holds. Not in Python. */
  keyTtl?: number
  /** Keys to hold; the one that was used least recently is forgotten for a new one. Not in Python. */
  maxKeys?: number
  /** Whether the records that follow one which flushed its buffer by its level are held again, or go straight on. Not in Python. */
  afterTrigger?: 'continue' | 'passthrough'
  /** Records of this level and above go straight on and are not held. Not in Python. */
  passThroughLevel?: Level
  /** Add `"buffered":true` to records that were held. Not in Python. */
  markBuffered?: boolean
}

/** A memory handler; `setTarget` gives it another target, or none. Python: `MemoryHandler`. */
export type MemoryHandler = Handler & {
  /**
   * Records go to `target` from now on, or with null wait for one. What the one before has not taken yet it still gets;
   * it is closed if it was opened here. Throws a HandlerOptionError for what is no target. Python: `MemoryHandler.setTarget`.
   */
  setTarget(target: TargetSpec | TargetStream | null): void
}

const targetOrNull: Check<Target | null> = {
  expected: `${targetCheck.expected}; in-process also null`,
  parse: (value, given) => (value === null ? null : targetCheck.parse(value, given)),
}

const size: Check<number> = {
  expected: "a number of bytes above 0, or a size such as '10MB' or '10MiB'",
  parse: (value) => bytes.parse(value, {}) || undefined,
}

const lifetime: Check<number> = {
  expected: 'a number of seconds above 0',
  parse: (value) => seconds.parse(value, {}) || undefined,
}

// A MemoryHandler has no use for a formatter, in Python neither.
const { formatter, ...ownChecks } = commonChecks

const checks = {
  capacity: required(positiveCount),
  flushLevel: levelCheck,
  target: targetOrNull,
  flushOnClose: flag,
  shouldFlush: functionOption<ShouldFlush>('(record, buffered) => boolean'),
  maxBytes: size,
  onFull: oneOf('flush', 'drop-oldest'),
  keyBy: name,
  keyTtl: lifetime,
  maxKeys: positiveCount,
  afterTrigger: oneOf('continue', 'passthrough'),
  passThroughLevel: levelCheck,
  markBuffered: flag,
  ...targetChecks,
  ...outboxChecks,
  ...ownChecks,
} satisfies Checks<MemoryOptions>

const MAX_BYTES = 16 * 1024 * 1024

const defaults = {
  flushLevel: 50,
  target: null,
  maxBytes: MAX_BYTES,
  keyTtl: 300,
  maxKeys: 10_000,
  afterTrigger: 'continue' as const,
  markBuffered: false,
  ...targetDefaults,
  ...outboxDefaults,
  // All that was held has to fit, also while the target is being opened.
  maxQueueBytes: 2 * MAX_BYTES,
  ...commonDefaults,
}

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)

/**
 * Holds records and hands them on to a target all at once: when one of `flushLevel` comes, or when there are `capacity`
 * of them. As a flight recorder (`onFull: 'drop-oldest'`) it keeps the newest and hands them on only for an error; with
 * `keyBy` only those that belong to it. Times are seconds, sizes are bytes. Throws a HandlerOptionError for a wrong
 * option. Python: `logging.handlers.MemoryHandler`.
 */
export default function memory(options: MemoryOptions): MemoryHandler {
  const settings = inPinoWorker ? resolveForWorker(options) : resolve(options)
  let sink: MemorySink | undefined
  const handler = new Handler({ name: 'memory', settings, readsRecords: true }, (monitor) => {
    sink = new MemorySink(settings, settings.target, monitor)
    return sink
  })
  const setTarget = (target: TargetSpec | TargetStream | null): void =>
    sink?.setTarget(resolve({ ...options, target }).target)
  return Object.assign(handler, { setTarget })
}

/** {@link memory} as a target of `pino.transport()`, with options that are checked at once. */
export function memoryTarget(options: MemoryOptions, level?: string): WorkerTarget {
  return workerTarget('memory', import.meta.url, { options, level }, () => resolveForWorker(options))
}

function resolveForWorker(options: MemoryOptions): ReturnType<typeof resolve> {
  const settings = resolve(options)
  if (settings.target !== null) return settings
  throw new HandlerOptionError(`[memory] option "target" must be ${targetCheck.expected}: a worker has no setTarget()`)
}

// How a buffer is full decides what is to be expected of its end: a flight recorder that writes everything is none.
function resolve(options: MemoryOptions): MemorySettings & CommonSettings & { readonly target: Target | null } {
  if (typeof options === 'object' && options !== null && 'formatter' in options)
    throw new HandlerOptionError(
      '[memory] unknown option "formatter": records are formatted by the target, as in { target, options: { formatter } }',
    )
  const settings = resolveOptions('memory', checks, defaults, options)
  const idle = (['keyTtl', 'maxKeys'] as const).find((option) => options[option] !== undefined)
  if (idle && settings.keyBy === undefined)
    throw new HandlerOptionError(`[memory] option "${idle}" has no meaning without "keyBy"`)
  const onFull = settings.onFull ?? (settings.keyBy === undefined ? 'flush' : 'drop-oldest')
  return { ...settings, onFull, flushOnClose: settings.flushOnClose ?? onFull === 'flush' }
}

export { isFull, type ShouldFlush, shouldFlush } from './rules.js'

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof memory, typeof import('./index.js')> = Object.assign(memory, {
  memory,
  memoryTarget,
  options,
  isFull,
  shouldFlush,
})

export { commonJs as 'module.exports', memory }
