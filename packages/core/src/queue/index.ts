// Queues between those who log and those who handle.

export { directoryQueue } from './directory/directory-queue.js'
export {
  type DirectoryOverflow,
  type DirectoryQueueOptions,
  directoryQueueChecks,
  directoryQueueDefaults,
} from './directory/options.js'
export { type EngineCalls, EngineLink } from './engine-link.js'
export { type EngineConsumer, type EngineProducer, engineQueue } from './engine-queue.js'
export { Inbox } from './inbox.js'
export { Intake } from './intake.js'
export { memoryQueue } from './memory-queue.js'
export { type Prepare, preparedBatch } from './prepare.js'
export type { Queue, QueueBatch, QueueObserver } from './queue.js'
export { type QueueClientOptions, type QueueInlet, queueClient } from './queue-client.js'
export { isQueue, type MemoryQueueOptions, type QueueOption, queueCheck } from './queue-option.js'
export { nextReadCount } from './read-count.js'
export {
  type SocketQueueOptions,
  type SocketQueueSettings,
  socketQueueChecks,
  socketQueueDefaults,
} from './socket-options.js'
export { socketQueue } from './socket-queue.js'
export { spooledQueue } from './spooled-queue.js'
