// A queue on the disk.

import { resolve } from 'node:path'
import { resolveOptions } from '../../options.js'
import type { Queue, QueueBatch, QueueObserver } from '../queue.js'
import { DirectoryReader } from './directory-reader.js'
import { DirectoryWriter } from './directory-writer.js'
import {
  type DirectoryQueueOptions,
  type DirectoryQueueSettings,
  directoryQueueChecks,
  directoryQueueDefaults,
} from './options.js'

/**
 * A queue in a directory: several processes put, each into files of its own, and one takes. What is put outlives all of
 * them, and with `fsync` the machine. Python: none; `queue.Queue` ends with its process.
 * @throws {HandlerOptionError} for options that it cannot use.
 */
export function directoryQueue(options: DirectoryQueueOptions): Queue {
  const settings = resolveOptions('directoryQueue', directoryQueueChecks, directoryQueueDefaults, options)
  const { path, maxBytes, segmentBytes } = settings
  return new DirectoryQueue({
    ...settings,
    // It may be used after the process has changed its folder.
    path: resolve(path),
    // Else there would be no whole segment to drop, or to wait for.
    segmentBytes: Math.min(segmentBytes, Math.floor(maxBytes / 4)),
  })
}

class DirectoryQueue implements Queue {
  readonly label: string
  observer: QueueObserver | undefined
  readonly #writer: DirectoryWriter
  readonly #reader: DirectoryReader

  constructor(settings: DirectoryQueueSettings) {
    this.label = `directory queue '${settings.path}'`
    const failed = (text: string): void => this.observer?.failed(new Error(`${this.label}: ${text}`))
    const lost = (count: number): void => this.observer?.lost(count, 'overflow')
    this.#writer = new DirectoryWriter(settings, this.label, { lost, failed })
    this.#reader = new DirectoryReader(settings, this.label, failed)
  }

  put(batches: readonly QueueBatch[], signal: AbortSignal): void | Promise<void> {
    try {
      return this.#writer.put(batches, signal)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  putNow(batches: readonly QueueBatch[]): number {
    return this.#writer.putNow(batches)
  }

  open(): void {
    this.#reader.open()
  }

  take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    return this.#reader.take(signal)
  }

  takeNow(): readonly QueueBatch[] {
    return this.#reader.takeNow()
  }

  acknowledge(batches: readonly QueueBatch[]): void {
    this.#reader.acknowledge(batches)
  }

  close(): void {
    this.#reader.close()
    this.#writer.close()
  }
}
