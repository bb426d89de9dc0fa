// A queue in memory: within one thread, or by its name between the threads of one process.

import { name } from '../checks.js'
import { show } from '../options.js'
import { BatchStore } from './batch-store.js'
import type { Queue, QueueBatch } from './queue.js'
import { openShared, type SharedStore } from './shared-store.js'
import { Taker } from './taker.js'

/**
 * A queue in memory. Without a name it is one object for those who put and those who take, in one thread. With a name all
 * memory queues of that name in the process are one, whatever thread they are in; a batch goes to one of those who take.
 * It is gone with the process, which it never keeps alive. Python: `queue.Queue`.
 */
export function memoryQueue(queueName?: string): Queue {
  if (queueName !== undefined && name.parse(queueName, {}) === undefined) {
    throw new TypeError(`the name of a memory queue must be ${name.expected}, got ${show(queueName)}`)
  }
  return new MemoryQueue(queueName)
}

class MemoryQueue implements Queue {
  readonly label: string
  readonly #name: string | undefined
  #shared: SharedStore | undefined
  #store: BatchStore | undefined
  #taker: Taker | undefined
  readonly #cancels: Set<(reason: string) => void> = new Set()
  #closed = false

  constructor(queueName: string | undefined) {
    this.#name = queueName
    this.label = queueName === undefined ? 'memory queue' : `memory queue ${show(queueName)}`
  }

  put(batches: readonly QueueBatch[], signal: AbortSignal): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('the queue is closed'))
    if (batches.length === 0) return Promise.resolve()
    const store = this.#open()
    this.#shared?.beginToPut()
    return new Promise((resolve, reject) => {
      let left = batches.length
      const end = (): void => {
        this.#cancels.delete(cancel)
        signal.removeEventListener('abort', expire)
      }
      const withdraw = store.add(batches, () => {
        left--
        if (left > 0) return
        end()
        resolve()
      })
      const cancel = (reason: string): void => {
        end()
        withdraw()
        reject(new Error(reason))
      }
      const expire = (): void => cancel('what was put has not been settled in time')
      this.#cancels.add(cancel)
      if (signal.aborted) expire()
      else signal.addEventListener('abort', expire)
    })
  }

  // Safe is what a taker of this thread can still take in its own last moment.
  putNow(batches: readonly QueueBatch[]): number {
    if (this.#closed) return 0
    const store = this.#open()
    const isTaken = this.#shared ? this.#shared.hasTaker : this.#taker !== undefined
    store.add(
      batches.filter(({ id }) => !store.has(id)),
      () => {},
    )
    return isTaken ? batches.length : 0
  }

  async take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    if (this.#closed) throw new Error('the queue is closed')
    return await this.#takes().take(signal)
  }

  takeNow(): readonly QueueBatch[] {
    return this.#closed ? [] : this.#takes().takeNow()
  }

  acknowledge(batches: readonly QueueBatch[]): void {
    this.#taker?.acknowledge(batches)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const cancel of this.#cancels) cancel('the queue is closed')
    if (this.#taker) {
      this.#taker.close()
      this.#shared?.endToTake()
    }
    this.#shared?.release()
  }

  #open(): BatchStore {
    if (!this.#store) {
      if (this.#name !== undefined) this.#shared = openShared(this.#name)
      this.#store = this.#shared?.batches ?? new BatchStore()
    }
    return this.#store
  }

  #takes(): Taker {
    if (!this.#taker) {
      this.#taker = new Taker(this.#open())
      this.#shared?.beginToTake()
    }
    return this.#taker
  }
}
