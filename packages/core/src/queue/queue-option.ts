// The option `queue`: a queue, or in words that cross into a worker thread what to make one of.

import { name, required } from '../checks.js'
import { toError } from '../errors.js'
import { isSpecifier, loadFunction } from '../function-option.js'
import { isObject } from '../is-object.js'
import { type Check, type Checks, nearestName, resolveOptions, show } from '../options.js'
import { directoryQueue } from './directory/directory-queue.js'
import { type DirectoryQueueOptions, directoryQueueChecks, directoryQueueDefaults } from './directory/options.js'
import { memoryQueue } from './memory-queue.js'
import type { Queue } from './queue.js'
import type { SocketQueueOptions } from './socket-options.js'
import { socketQueue } from './socket-queue.js'
import { spooledQueue } from './spooled-queue.js'

/**
 * A queue; or its type with its options; or a module that makes one: a specifier such as './queue.js#name' or
 * 'my-queue', resolved from the working directory, whose function gets the options but `type` and `spool` and returns a
 * {@link Queue}. 'redis', 'nats' and 'amqp' are the packages `@pino-handlers/queue-redis` and so on. With `spool`, the
 * options of a directory queue, there is one in front: see {@link spooledQueue}.
 */
export type QueueOption =
  | Queue
  | ({ readonly type: 'memory' } & MemoryQueueOptions)
  | ({ readonly type: 'socket' } & SocketQueueOptions)
  | ({ readonly type: 'directory' } & DirectoryQueueOptions)
  | { readonly type: string & {}; readonly spool?: DirectoryQueueOptions; readonly [option: string]: unknown }
  | string

/** Options of a memory queue that is to be found by threads of one process. */
export interface MemoryQueueOptions {
  /** The name that all memory queues that are one have. */
  name: string
}

type MakeQueue = (options: never) => unknown

const memoryChecks = { name: required(name) } satisfies Checks<MemoryQueueOptions>

const TYPES: Readonly<Record<string, MakeQueue>> = {
  memory: (options: unknown) => memoryQueue(resolveOptions('memoryQueue', memoryChecks, {}, options).name),
  socket: socketQueue,
  directory: directoryQueue,
}

// Those that need a server have packages of their own, which bring its client.
const PACKAGES: Readonly<Record<string, string>> = {
  redis: '@pino-handlers/queue-redis',
  nats: '@pino-handlers/queue-nats',
  amqp: '@pino-handlers/queue-amqp',
}

const KNOWN = [TYPES, PACKAGES].flatMap(Object.keys)

const FUNCTIONS = ['put', 'take', 'acknowledge', 'close'] as const

/** True for a queue: an object that has all functions of one. */
export function isQueue(value: unknown): value is Queue {
  return isObject(value) && missingIn(value).length === 0
}

/** The check of the option `queue`. What it makes of a queue's type and options does nothing before its first use. */
export const queueCheck: Check<Queue> = {
  expected: `a queue, or { type, ...options } with the type ${inWords(KNOWN)} or that of a module`,
  parse(value) {
    if (isQueue(value)) return value
    if (typeof value === 'string' && value !== '') return makeQueue(value, {})
    if (!isObject(value)) return undefined
    const { type, spool, ...options } = value
    if (typeof type === 'string' && type !== '') {
      const queue = makeQueue(type, options)
      return spool === undefined ? queue : spooledQueue(queue, spoolOptions(spool))
    }
    const missing = missingIn(value)
    if (missing.length === FUNCTIONS.length) return undefined
    throw new Error(`is no queue: it lacks the functions ${missing.join(', ')}`)
  },
}

function makeQueue(type: string, options: Readonly<Record<string, unknown>>): Queue {
  const make = Object.hasOwn(TYPES, type) ? TYPES[type] : findMaker(type)
  const made = callMaker(type, make, options)
  if (isQueue(made)) return made
  const lacks = isObject(made) ? `, which lacks the functions ${missingIn(made).join(', ')}` : ''
  throw new Error(`of type ${show(type)}: what was returned is no queue but ${show(made)}${lacks}`)
}

// Not a type of core, so it is a module's.
function findMaker(type: string): unknown {
  const name = Object.hasOwn(PACKAGES, type) ? PACKAGES[type] : undefined
  try {
    return loadFunction(name ?? type)
  } catch (error) {
    const { message } = toError(error)
    const what =
      name === undefined
        ? `${message}; ${suggestion(type)}`
        : `of type ${show(type)} needs a package: npm install ${name} (it ${message})`
    throw new Error(what, { cause: error })
  }
}

// A type with a letter too many looks like a package that is not installed.
function suggestion(type: string): string {
  const nearest = isSpecifier(type) ? undefined : nearestName(type, KNOWN)
  return nearest === undefined ? `known types: ${inWords(KNOWN)}` : `did you mean '${nearest}'?`
}

function spoolOptions(spool: unknown): DirectoryQueueOptions {
  try {
    return resolveOptions('spool', directoryQueueChecks, directoryQueueDefaults, spool)
  } catch (error) {
    throw new Error(`has a wrong entry "spool": ${withoutHandler(error)}`, { cause: error })
  }
}

function callMaker(type: string, make: unknown, options: Readonly<Record<string, unknown>>): unknown {
  try {
    return typeof make === 'function' ? make(options) : undefined
  } catch (error) {
    throw new Error(`of type ${show(type)}: ${withoutHandler(error)}`, { cause: error })
  }
}

// Which handler it is stands before this.
function withoutHandler(error: unknown): string {
  return toError(error).message.replace(/^\[[^\]]*\] /, '')
}

function inWords(types: readonly string[]): string {
  return types.map((type) => `'${type}'`).join(', ')
}

function missingIn(value: Readonly<Record<string, unknown>>): readonly string[] {
  return FUNCTIONS.filter((each) => typeof value[each] !== 'function')
}
