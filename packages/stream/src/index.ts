// Records to stdout, stderr, a file descriptor or a Writable.

import { Writable } from 'node:stream'
import { isMainThread } from 'node:worker_threads'
import {
  type Check,
  type Checks,
  type CommonJs,
  type CommonOptions,
  commonChecks,
  commonDefaults,
  Handler,
  type Monitor,
  type OptionTable,
  type OutboxOptions,
  type OutboxSettings,
  optionTable,
  outboxChecks,
  outboxDefaults,
  resolveOptions,
  type Sink,
  text,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'
import { createEncoder, DescriptorWriter } from '@pino-handlers/core/file'
import { WritableSink } from './writable-sink.js'

/** Options of {@link stream}. */
export interface StreamOptions extends CommonOptions, OutboxOptions {
  /** 'stderr', 'stdout', a file descriptor, or in-process any Writable. None of them is closed. Python: `stream=None`, which is stderr. */
  stream?: 'stderr' | 'stdout' | number | Writable
  /** What ends each record. Python: `StreamHandler.terminator`. */
  terminator?: string
}

const DESCRIPTORS: ReadonlyMap<unknown, number> = new Map([
  ['stdout', 1],
  ['stderr', 2],
])

const streamCheck: Check<number | Writable> = {
  expected: "'stderr', 'stdout', a file descriptor, or in-process a Writable",
  parse(value) {
    if (typeof value === 'string') return DESCRIPTORS.get(value)
    if (value instanceof Writable) return value
    return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined
  },
}

const checks = {
  stream: streamCheck,
  terminator: text,
  ...outboxChecks,
  ...commonChecks,
} satisfies Checks<StreamOptions>
const defaults = { stream: 'stderr', terminator: '\n', ...outboxDefaults, ...commonDefaults }

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)

/**
 * Writes records to stdout, stderr, a descriptor or a Writable, straight to the descriptor also in a worker. A reader
 * that leaves ends it quietly, one that is slow costs at most `maxQueueBytes` of memory. Throws a HandlerOptionError for
 * a wrong option. Python: `logging.StreamHandler`.
 */
export default function stream(options?: StreamOptions): Handler {
  const settings = resolveOptions('stream', checks, defaults, options)
  const target = typeof settings.stream === 'string' ? 2 : settings.stream
  return new Handler({ name: 'stream', settings }, (monitor) =>
    target instanceof Writable
      ? new WritableSink(target, settings, monitor)
      : descriptorSink(target, settings, monitor),
  )
}

/** {@link stream} as a target of `pino.transport()`, with options that are checked at once. */
export function streamTarget(options?: StreamOptions, level?: string): WorkerTarget {
  return workerTarget('stream', import.meta.url, { options, level }, () =>
    resolveOptions('stream', checks, defaults, options),
  )
}

// Node sets its own stdout and stderr to non-blocking when they are first used, and back at exit. Only so does a slow
// reader of a pipe cost records instead of stopping the application. In pino's worker the main thread has done it.
function unblocked(fd: number): number {
  if (!isMainThread || fd > 2) return fd
  return (fd === 1 ? process.stdout : process.stderr).fd ?? fd
}

// Characters that UTF-8 does not have are escaped, as Python's stderr does.
function descriptorSink(fd: number, settings: OutboxSettings & { closeTimeout: number }, monitor: Monitor): Sink {
  return new DescriptorWriter(
    {
      ...settings,
      label: fd === 1 ? 'stdout' : fd === 2 ? 'stderr' : `descriptor ${fd}`,
      open: () => unblocked(fd),
      owned: false,
      reopens: true,
      delay: true,
      encoder: createEncoder('utf-8', 'backslashreplace'),
      bufferSize: 0,
      flushInterval: 0,
      flushLevel: 0,
    },
    monitor,
  )
}

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof stream, typeof import('./index.js')> = Object.assign(stream, {
  stream,
  streamTarget,
  options,
})

export { commonJs as 'module.exports', stream }
