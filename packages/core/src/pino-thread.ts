// What this thread knows of pino: whether it is a transport's worker, and the configuration that pino posts to it.

import { isMainThread, parentPort, workerData } from 'node:worker_threads'

/** What pino tells its transports about the logger. */
export interface PinoConfig {
  readonly levels?: { readonly values?: Readonly<Record<string, number>> }
  readonly messageKey?: string
  readonly errorKey?: string
}

/** True in the worker thread of a `pino.transport()`; false in the main thread and in workers of the application. */
export const inPinoWorker: boolean =
  !isMainThread && parentPort !== null && typeof workerData?.workerData?.$context?.threadStreamVersion === 'string'

let config: PinoConfig | undefined

// pino posts its configuration once to each worker, so it is caught when this module loads and kept for the thread: a
// target that subscribes later, or with expectPinoConfig beside another, would never see it and hang the process.
if (inPinoWorker) {
  parentPort?.on('message', (message: unknown) => {
    if (isConfigMessage(message)) config = message.config
  })
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
  parentPort?.postMessage({ code: 'EVENT', name, args: [payload] })
}
