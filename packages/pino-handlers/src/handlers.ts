// The handlers by name, each loaded when it is asked for.

import { type Handler, nearestName, type OptionTable } from '@pino-handlers/core'
import { UsageError } from './usage-error.js'

type Load = () => Promise<{ readonly default: (options: never) => Handler; readonly options: OptionTable }>

const HANDLERS: Readonly<Record<string, Load>> = {
  datagram: () => import('@pino-handlers/datagram'),
  file: () => import('@pino-handlers/file'),
  http: () => import('@pino-handlers/http'),
  memory: () => import('@pino-handlers/memory'),
  'nt-eventlog': () => import('@pino-handlers/nt-eventlog'),
  null: () => import('@pino-handlers/null'),
  queue: () => import('@pino-handlers/queue'),
  'queue-listener': () => import('@pino-handlers/queue-listener'),
  'rotating-file': () => import('@pino-handlers/rotating-file'),
  smtp: () => import('@pino-handlers/smtp'),
  socket: () => import('@pino-handlers/socket'),
  stream: () => import('@pino-handlers/stream'),
  syslog: () => import('@pino-handlers/syslog'),
  'timed-rotating-file': () => import('@pino-handlers/timed-rotating-file'),
  'watched-file': () => import('@pino-handlers/watched-file'),
}

/** The names of all handlers. */
export const handlerNames: readonly string[] = Object.keys(HANDLERS)

/** A handler that was asked for by name. */
export interface HandlerModule {
  readonly name: string
  readonly table: OptionTable
  /** Its factory, which checks the options itself. */
  create(options: object): Handler
}

/**
 * Loads a handler.
 * @throws {UsageError} when there is none of that name.
 */
export async function loadHandler(name: string): Promise<HandlerModule> {
  const load = Object.hasOwn(HANDLERS, name) ? HANDLERS[name] : undefined
  if (!load) {
    const nearest = nearestName(name.replace(/Handler$/, ''), handlerNames)
    const hint = nearest === undefined ? 'see pino-handlers list' : `did you mean ${nearest}?`
    throw new UsageError(`there is no handler ${JSON.stringify(name)}; ${hint}`)
  }
  const { default: factory, options: table } = await load()
  return { name, table, create: (options) => Reflect.apply(factory, undefined, [options]) }
}

/** The options of the handler that a target of pino's names, if it is one of these. */
export async function tableOfTarget(target: string): Promise<OptionTable | undefined> {
  const name = target.replace(/^@pino-handlers\//, '')
  return name !== target && Object.hasOwn(HANDLERS, name) ? (await loadHandler(name)).table : undefined
}
