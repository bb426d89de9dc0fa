// What this thread knows of pino: whether it is a transport's worker, and the configuration that pino posts to it.

import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { isObject } from './is-object.js'

/** What pino tells its transports about the logger. */
export interface PinoConfig {
  readonly levels?: { readonly values?: Readonly<Record<string, number>> }
  readonly messageKey?: string
  readonly errorKey?: string
}

/** True in the worker thread of a `pino.transport()`; false in the main thread and in workers of the application. */
export const inPinoWorker: boolean =
  !isMainThread && parentPort !== null && typeof workerData?.workerData?.$context?.threadStreamVersion === 'string'

/** True in such a thread when it is one target's alone: not that of `targets` or of a pipeline. */
export const ownsThread: boolean =
  inPinoWorker && workerData.workerData.targets === undefined && workerData.workerData.pipelines === undefined

const port = inPinoWorker ? parentPort : null

let config: PinoConfig | undefined
const waiting = new Set<() => void>()

// pino posts its configuration once to each worker, so it is caught when this module loads and kept for the thread.
// Whoever listens later gets it once more: a target with expectPinoConfig that loads slowly would wait for ever.
if (port) {
  port.on('message', (message: unknown) => {
    if (!isConfigMessage(message)) return
    config = message.config
    for (const listener of waiting) listener()
  })
  const listen = port.on.bind(port)
  port.on = ((event: string, listener: (message: unknown) => void) => {
    if (event === 'message' && config) process.nextTick(listener, { code: 'PINO_CONFIG', config })
    return listen(event, listener)
  }) as typeof port.on
}

// What the main thread may ask of the handlers in a worker.
interface CommandMessage {
  readonly code: 'PINO_HANDLERS'
  readonly command: string
}

/** A handler in this process, or the stream that `pino.transport()` returned. */
export type CommandTarget =
  | { command(name: string): void }
  | { emit(event: 'message', message: CommandMessage): unknown }

/** Asks a handler to do something by name; with a transport's stream, all handlers in its worker. */
export function sendCommand(target: CommandTarget, command: string): void {
  if ('command' in target) target.command(command)
  else target.emit('message', { code: 'PINO_HANDLERS', command })
}

const commandListeners = new Set<(command: string) => void>()

function tellCommand(message: unknown): void {
  if (isCommand(message)) for (const listener of commandListeners) listener(message.command)
}

/** Calls `listener` with each command that the main thread sends to this thread's handlers, until the returned function is called. */
export function onCommand(listener: (command: string) => void): () => void {
  // One listener of the port for all handlers, since Node warns of more than ten.
  if (commandListeners.size === 0) port?.on('message', tellCommand)
  commandListeners.add(listener)
  return () => {
    commandListeners.delete(listener)
    if (commandListeners.size === 0) port?.off('message', tellCommand)
  }
}

function isCommand(message: unknown): message is CommandMessage {
  return isObject(message) && message.code === 'PINO_HANDLERS'
}

// How long the first records wait for the configuration, which was posted before them.
const PATIENCE = 100

/** True when pino's configuration has arrived, or none is to be expected. */
export function isConfigured(): boolean {
  return config !== undefined || workerData?.workerData?.pinoWillSendConfig !== true
}

/** Calls `done` when pino's configuration has arrived, or after a tenth of a second, since nothing may depend on it. */
export function whenConfigured(done: () => void): void {
  const finish = (): void => {
    clearTimeout(timer)
    if (waiting.delete(finish)) done()
  }
  const timer = setTimeout(finish, PATIENCE)
  waiting.add(finish)
}

function isConfigMessage(message: unknown): message is { config: PinoConfig } {
  if (typeof message !== 'object' || message === null) return false
  return (
    'code' in message && message.code === 'PINO_CONFIG' && 'config' in message && typeof message.config === 'object'
  )
}

/** The logger's configuration, once pino has posted it to this thread. */
export function pinoConfig(): PinoConfig | undefined {
  return config
}

/** Emits `name` with `payload` on the transport stream in the main thread. */
export function postToMainThread(name: string, payload: unknown): void {
  port?.postMessage({ code: 'EVENT', name, args: [payload] })
}
