// Servers that have to answer, in threads of their own: `transport.end()` has the main thread wait for the worker's end.

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** A server that listens on 127.0.0.1. */
export interface ServerThread {
  readonly port: number
  stop(): Promise<unknown>
}

/** Starts a program of the folder `servers`, which tells its port, and is given where to keep what it gets. */
export async function startServer(program: string, keep: string): Promise<ServerThread> {
  const worker = new Worker(new URL(`servers/${program}.js`, import.meta.url), { workerData: keep })
  const [port]: readonly unknown[] = await once(worker, 'message')
  if (typeof port !== 'number') throw new Error('the server has no port')
  return { port, stop: () => worker.terminate() }
}
