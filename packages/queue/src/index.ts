// Records into a queue, from which somebody else takes them.

import {
  type Checks,
  type CommonJs,
  type CommonOptions,
  commonChecks,
  commonDefaults,
  type FunctionOption,
  functionOption,
  Handler,
  HandlerOptionError,
  holdsNothing,
  type OptionTable,
  type OutboxOptions,
  optionTable,
  outboxChecks,
  outboxDefaults,
  type Resolved,
  required,
  resolveOptions,
  type Sink,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'
import { type RetryOptions, retryChecks, retryDefaults, Sender } from '@pino-handlers/core/net'
import {
  directoryQueue,
  memoryQueue,
  type Prepare,
  type QueueObserver,
  type QueueOption,
  queueCheck,
  queueClient,
  socketQueue,
} from '@pino-handlers/core/queue'
import { batchEncoder } from './batches.js'
import { type Enqueue, enqueuing } from './enqueue.js'
import { prepareLine } from './prepare.js'

/** Options of {@link queue}. */
export interface QueueOptions extends CommonOptions, OutboxOptions, RetryOptions {
  /** Where records go: what kind of queue, where to find one, or in-process the queue itself. Python: `queue`. */
  queue: QueueOption
  /** Makes of a record what goes into the queue; null leaves it out. Python: `QueueHandler.prepare`. */
  prepare?: FunctionOption<Prepare>
  /** Puts a batch into the queue in its own way. Python: `QueueHandler.enqueue`. */
  enqueue?: FunctionOption<Enqueue>
}

const checks = {
  queue: required(queueCheck),
  prepare: functionOption<Prepare>('(record) => string | object | null'),
  enqueue: functionOption<Enqueue>('(batch, queue) => void | Promise'),
  ...retryChecks,
  ...outboxChecks,
  ...commonChecks,
} satisfies Checks<QueueOptions>

const defaults = { ...retryDefaults, ...outboxDefaults, ...commonDefaults }

// Bytes to put at a time: who takes answers once for all of them.
const LOAD = 1024 * 1024

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)

/**
 * Puts records into a queue, from which a listener takes them: in another thread, in another process, or later from the
 * disk. Lines go in as they are, whole batches at a time. What the queue does not take waits within bounds. Times are
 * seconds, sizes are bytes. Throws a HandlerOptionError for a wrong option. Python: `logging.handlers.QueueHandler`.
 */
export default function queue(options: QueueOptions): Handler {
  const settings = resolve(options)
  const { queue: target, prepare, enqueue } = settings
  // A queue that was handed in is its owner's to close.
  const isOwn = target !== options.queue
  const client = queueClient(enqueue ? enqueuing(target, enqueue) : target, { sendsAgain: !holdsNothing(settings) })
  const readsRecords = prepare !== undefined
  return new Handler({ name: 'queue', settings, readsRecords }, (monitor): Sink => {
    const sender = new Sender(client, batchEncoder(prepare), { ...settings, load: LOAD }, monitor)
    const observer: QueueObserver = {
      lost: (count, reason) => monitor.undelivered(count, reason),
      failed: (error) => monitor.failure('queue', error),
    }
    // A listener may use the same queue in the same thread.
    target.observer ??= observer
    return {
      settles: true,
      write: (batch) => sender.write(batch),
      pause: () => sender.pause(),
      flush: () => sender.flush(),
      flushSync: () => sender.flushSync(),
      async close(signal) {
        await sender.close(signal)
        if (isOwn) await target.close(signal)
        else if (target.observer === observer) target.observer = undefined
      },
    }
  })
}

/** {@link queue} as a target of `pino.transport()`, with options that are checked at once. */
export function queueTarget(options: QueueOptions, level?: string): WorkerTarget {
  return workerTarget('queue', import.meta.url, { options, level }, () => resolve(options))
}

function resolve(options: QueueOptions): Resolved<typeof checks, typeof defaults> {
  const settings = resolveOptions('queue', checks, defaults, options)
  if (settings.prepare && settings.formatter)
    throw new HandlerOptionError('[queue] option "formatter" has no part in what prepare returns: format in prepare')
  return settings
}

export {
  directoryQueue,
  memoryQueue,
  type Prepare,
  type Queue,
  type QueueBatch,
  type QueueObserver,
  type QueueOption,
  socketQueue,
} from '@pino-handlers/core/queue'
export type { Enqueue } from './enqueue.js'
export { prepareLine } from './prepare.js'

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof queue, typeof import('./index.js')> = Object.assign(queue, {
  queue,
  queueTarget,
  options,
  directoryQueue,
  memoryQueue,
  prepareLine,
  socketQueue,
})

export { commonJs as 'module.exports', queue }
