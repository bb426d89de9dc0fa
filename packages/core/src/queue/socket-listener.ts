// The side of a socket queue that takes: the server that others connect to.

import { once } from 'node:events'
import { chmodSync, existsSync, lstatSync, rmSync, type Stats } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { toError } from '../errors.js'
import type { BatchStore } from './batch-store.js'
import { ListenerConnection } from './socket-connection.js'
import type { SocketQueueSettings } from './socket-options.js'

/** Listens for those who put, and fills a store with what they send. */
export class SocketListener {
  readonly #label: string
  readonly #settings: SocketQueueSettings
  readonly #store: BatchStore
  readonly #failed: (error: Error) => void
  readonly #connections: Set<ListenerConnection> = new Set()
  #listening: Promise<Server> | undefined

  constructor(label: string, settings: SocketQueueSettings, store: BatchStore, failed: (error: Error) => void) {
    this.#label = label
    this.#settings = settings
    this.#store = store
    this.#failed = failed
  }

  /** Resolves when it listens; rejects when it cannot, and tries again when it is called again. */
  async listen(): Promise<void> {
    this.#listening ??= this.#open()
    try {
      await this.#listening
    } catch (error) {
      this.#listening = undefined
      throw error
    }
  }

  /** Ends the connections once their acknowledgements have gone; at once when `signal` aborts. */
  async close(signal: AbortSignal): Promise<void> {
    const server = await this.#listening?.catch(() => undefined)
    if (!server) return
    const closed = new Promise((resolve) => server.close(resolve))
    await Promise.all([...this.#connections].map((connection) => connection.end(signal)))
    await closed
  }

  async #open(): Promise<Server> {
    const { path, mode } = this.#settings
    const server = createServer((socket) => this.#accept(socket))
    try {
      await this.#bind(server, path)
      if (mode !== undefined && process.platform !== 'win32') chmodSync(path, mode)
    } catch (error) {
      server.close()
      throw error
    }
    server.on('error', (error) => this.#failed(new Error(`${this.#label}: ${error.message}`, { cause: error })))
    return server
  }

  async #bind(server: Server, path: string): Promise<void> {
    try {
      await listen(server, path)
    } catch (error) {
      if (toError(error).code !== 'EADDRINUSE') throw this.#impossible(reasonOf(toError(error), path))
      await this.#removeStale(path)
      await listen(server, path)
    }
  }

  // The file of a listener that was killed stays, and nobody answers there.
  async #removeStale(path: string): Promise<void> {
    const isPipe = process.platform === 'win32'
    const before = isPipe ? undefined : statOf(path)
    if (before && !before.isSocket())
      throw this.#impossible(new Error('there is a file of this name that is no socket'))
    if (isPipe || (await answers(path))) throw new Error(`another listener takes from ${this.#label} already`)
    const after = statOf(path)
    // In the meantime another one may have done the same, and listens there now.
    if (before && after && isSame(before, after)) rmSync(path, { force: true })
  }

  #impossible(cause: Error & { code?: string }): Error {
    const error = new Error(`${this.#label} cannot be made: ${cause.message}`, { cause })
    return Object.assign(error, { code: cause.code })
  }

  #accept(socket: Socket): void {
    const connection = new ListenerConnection(socket, this.#store, {
      foreign: (error) => this.#failed(new Error(`${this.#label}: a connection is cut off, since ${error.message}`)),
      closed: () => this.#connections.delete(connection),
    })
    this.#connections.add(connection)
  }
}

// In a cluster's worker, Node would have the primary listen unless it is exclusive.
async function listen(server: Server, path: string): Promise<void> {
  server.listen({ path, exclusive: true })
  await once(server, 'listening')
}

// One that has more to accept than it can is there too.
async function answers(path: string): Promise<boolean> {
  const socket = connect({ path })
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    const { code } = toError(error)
    return code !== 'ECONNREFUSED' && code !== 'ENOENT'
  } finally {
    socket.destroy()
  }
}

// Node calls a folder that does not exist one that may not be written to.
function reasonOf(error: Error & { code?: string }, path: string): Error {
  const isMissing = error.code === 'EACCES' && process.platform !== 'win32' && !existsSync(dirname(path))
  return isMissing ? new Error(`there is no folder ${dirname(path)}`, { cause: error }) : error
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

function isSame(before: Stats, after: Stats): boolean {
  return before.ino === after.ino && before.ctimeMs === after.ctimeMs
}
