// A queue between processes: those who put connect to the one who takes.

import { resolveOptions, show } from '../options.js'
import { BatchStore } from './batch-store.js'
import type { Queue, QueueBatch, QueueObserver } from './queue.js'
import { MAX_DATA } from './socket-frames.js'
import { SocketListener } from './socket-listener.js'
import {
  type SocketQueueOptions,
  type SocketQueueSettings,
  socketQueueChecks,
  socketQueueDefaults,
} from './socket-options.js'
import { ProducerConnection } from './socket-producer.js'
import { Taker } from './taker.js'

/**
 * A queue over a Unix socket, on Windows over a pipe. The one who takes owns the socket and keeps its process alive; those
 * who put connect to it, and keep what they put until it is settled: what is on its way is only in memory. `put` rejects
 * while nobody takes. A batch has at most 64 MiB; the record of a larger one is dropped. Python: the QueueHandler over a socket of the logging cookbook.
 * @throws {HandlerOptionError} for options that are wrong.
 */
export function socketQueue(options: SocketQueueOptions): Queue {
  return new SocketQueue(resolveOptions('socketQueue', socketQueueChecks, socketQueueDefaults, options))
}

class SocketQueue implements Queue {
  readonly label: string
  readonly maxBatchBytes: number = MAX_DATA
  observer: QueueObserver | undefined
  readonly #settings: SocketQueueSettings
  #connection: ProducerConnection | undefined
  #listener: SocketListener | undefined
  #taker: Taker | undefined
  #closed = false

  constructor(settings: SocketQueueSettings) {
    this.#settings = settings
    this.label = `socket queue ${show(settings.path)}`
  }

  async put(batches: readonly QueueBatch[], signal: AbortSignal): Promise<void> {
    this.#checkOpen()
    if (batches.length === 0) return
    if (!this.#connection || this.#connection.isOver) {
      this.#connection = new ProducerConnection(this.#settings)
    }
    const connection = this.#connection
    const expire = (): void => connection.destroy(new Error('what was put has not been settled in time'))
    if (signal.aborted) expire()
    else signal.addEventListener('abort', expire)
    try {
      await connection.put(batches)
    } finally {
      signal.removeEventListener('abort', expire)
    }
  }

  async open(): Promise<void> {
    await this.#listen()
  }

  async take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    const taker = await this.#listen()
    return await taker.take(signal)
  }

  takeNow(): readonly QueueBatch[] {
    return this.#taker?.takeNow() ?? []
  }

  acknowledge(batches: readonly QueueBatch[]): void {
    this.#taker?.acknowledge(batches)
  }

  async close(signal: AbortSignal): Promise<void> {
    this.#closed = true
    this.#connection?.destroy(new Error('the queue is closed'))
    this.#taker?.close()
    await this.#listener?.close(signal)
  }

  async #listen(): Promise<Taker> {
    this.#checkOpen()
    if (!this.#listener || !this.#taker) {
      const store = new BatchStore()
      this.#taker = new Taker(store)
      this.#listener = new SocketListener(this.label, this.#settings, store, (error) => this.observer?.failed(error))
    }
    await this.#listener.listen()
    return this.#taker
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('the queue is closed')
  }
}
