// Records to several handlers at once, from pino or from a queue; what happens to one of them is no matter to the others.

import {
  type Checks,
  type CommonJs,
  type CommonOptions,
  commonChecks,
  commonDefaults,
  count,
  type FunctionOption,
  flag,
  functionOption,
  Handler,
  HandlerOptionError,
  Intake,
  inPinoWorker,
  type LogRecord,
  type OptionTable,
  type OutboxOptions,
  optionTable,
  outboxChecks,
  outboxDefaults,
  type Resolved,
  recordCount,
  required,
  resolveOptions,
  type Sink,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'
import { type Prepare, type QueueObserver, type QueueOption, queueCheck } from '@pino-handlers/core/queue'
import { type TargetOptions, targetChecks, targetDefaults } from '@pino-handlers/core/target'
import { FanOut } from './fan-out.js'
import { type HandlerSpec, handlersCheck, hasLevels, withoutLevels } from './handler-option.js'
import { ListenerSink } from './listener-sink.js'
import { Listening } from './listening.js'
import { guardThread } from './thread-guard.js'

/** Options of {@link queueListener}. */
export interface QueueListenerOptions extends Omit<CommonOptions, 'formatter'>, OutboxOptions, TargetOptions {
  /** Where records go, as pino's `targets` and more. Python: `*handlers`. */
  handlers: readonly HandlerSpec[]
  /** Where records come from, beside pino. Python: `queue`. */
  queue?: QueueOption
  /** Give a handler only the records of its own levels. Python: `respect_handler_level`. */
  respectHandlerLevel?: boolean
  /** Makes of a record what the handlers get; null leaves it out. Python: `QueueListener.prepare`. */
  prepare?: FunctionOption<Prepare>
  /** Batches of the queue to remember, so that one which comes again is not handled twice. Not in Python. */
  dedupeWindow?: number
}

/** What an application in the same thread does with a listener. */
export interface ListenerControl {
  /** Starts to take from the queue; rejects when that is not possible, or it has been started. Python: `QueueListener.start`. */
  start(): Promise<void>
  /** Handles what is in the queue, then takes no more until the next start. Python: `QueueListener.stop`. */
  stop(): Promise<void>
  /** Gives one record, or its line, to the handlers. Python: `QueueListener.handle`. */
  handle(record: LogRecord | string): void
  /** Stops, and closes the handlers. */
  [Symbol.asyncDispose](): Promise<void>
}

/** A stream to several handlers that may take from a queue as well. */
export type QueueListener = Handler & ListenerControl

const { formatter: _, ...ownCommonChecks } = commonChecks

const checks = {
  handlers: required(handlersCheck),
  queue: queueCheck,
  respectHandlerLevel: flag,
  prepare: functionOption<Prepare>('(record) => string | object | null'),
  dedupeWindow: count,
  ...targetChecks,
  ...outboxChecks,
  ...ownCommonChecks,
} satisfies Checks<QueueListenerOptions>

const defaults = {
  respectHandlerLevel: true,
  dedupeWindow: 10_000,
  ...targetDefaults,
  ...outboxDefaults,
  ...commonDefaults,
}

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)

/**
 * Gives records to several handlers, each with its own queue, levels and books: in the place of pino's `targets`, or from
 * a queue that others put into. A handler that fails is opened again and, if that does not help, replaced or left alone;
 * the others go on. In pino's worker it starts by itself; elsewhere `start()` takes from the queue. Times are seconds,
 * sizes are bytes. Throws a HandlerOptionError for a wrong option. Python: `logging.handlers.QueueListener`.
 */
export default function queueListener(options: QueueListenerOptions): QueueListener {
  const settings = resolve(options)
  const { queue, prepare, respectHandlerLevel } = settings
  const handlers = respectHandlerLevel ? settings.handlers : settings.handlers.map(withoutLevels)
  const readsRecords = prepare !== undefined || handlers.some(hasLevels)
  let listening: Listening | undefined

  const handler = new Handler({ name: 'queue-listener', settings, readsRecords }, (monitor): Sink => {
    const fanOut = new FanOut(handlers, settings, monitor)
    const sink = new ListenerSink(fanOut, prepare, new Intake(settings, monitor, readsRecords), monitor)
    const unguard = guardThread((error) => monitor.failure('uncaught', error))
    listening = queue && new Listening(queue, sink, settings, monitor)
    const observer: QueueObserver = {
      lost: (count, reason) => monitor.notice(`${queue?.label} has lost ${recordCount(count)}: ${reason}`),
      failed: (error) => monitor.failure('queue', error),
    }
    // A handler may use the same queue in the same thread.
    if (queue) queue.observer ??= observer

    return {
      settles: true,
      write: (batch) => sink.write(batch),
      pause: () => fanOut.pause(),
      flush: () => fanOut.flush(),
      flushSync: () => fanOut.flushSync(),
      exit() {
        listening?.handleNow()
        fanOut.flushSync()
        if (fanOut.isSettled) listening?.acknowledgeNow()
      },
      command: (name) => fanOut.command(name),
      async close(signal) {
        await listening?.end(signal)
        await fanOut.close(signal)
        // A queue that was handed in is its owner's to close.
        if (queue !== options.queue) await queue?.close(signal)
        if (queue?.observer === observer) queue.observer = undefined
        unguard()
      },
    }
  })
  // Nobody could call start() there.
  if (inPinoWorker) listening?.startAnyway()

  return Object.assign(handler, {
    async start(): Promise<void> {
      if (!listening) throw new Error('[queue-listener] has no queue to take from: option "queue" is not given')
      await listening.start()
    },
    stop: async () => listening?.stop(),
    handle(record: LogRecord | string): void {
      const text = typeof record === 'string' ? record : record.line
      handler.write(text.endsWith('\n') ? text : `${text}\n`)
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => handler.end(() => resolve())),
  })
}

/** {@link queueListener} as a target of `pino.transport()`, with options that are checked at once. */
export function queueListenerTarget(options: QueueListenerOptions, level?: string): WorkerTarget {
  return workerTarget('queue-listener', import.meta.url, { options, level }, () => resolve(options))
}

function resolve(options: QueueListenerOptions): Resolved<typeof checks, typeof defaults> {
  if (typeof options === 'object' && options !== null && 'formatter' in options)
    throw new HandlerOptionError(
      '[queue-listener] unknown option "formatter": records are formatted by the handlers, as in { target, options: { formatter } }',
    )
  return resolveOptions('queue-listener', checks, defaults, options)
}

export type { HandlerExtras, HandlerSpec } from './handler-option.js'

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof queueListener, typeof import('./index.js')> = Object.assign(queueListener, {
  queueListener,
  queueListenerTarget,
  options,
})

export { commonJs as 'module.exports', queueListener }
