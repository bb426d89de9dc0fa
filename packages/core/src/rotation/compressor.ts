// Backups compressed one after the other, while records are written elsewhere.

import { setImmediate } from 'node:timers/promises'
import { toError } from '../errors.js'
import { isSameFile } from '../file/same-file.js'
import { CompressJob, type CompressOptions, look } from './compress-job.js'

/** What a {@link Compressor} does, and who hears of its failures. */
export interface CompressorOptions extends CompressOptions {
  /** A file could not be compressed, and stays plain until it is added again. */
  onFailure(error: Error): void
}

/** Compresses files in the order in which they are added. A process that has nothing else to do may end between two. */
export class Compressor {
  readonly #options: CompressorOptions
  readonly #jobs: CompressJob[] = []
  readonly #closing = new AbortController()
  readonly #aborting = new AbortController()
  #running: Promise<void> | undefined

  constructor(options: CompressorOptions) {
    this.#options = options
  }

  /** Takes a backup, if it is there. From now on it is found under any name that `current` lists. */
  add(path: string): void {
    const seen = look(path)
    if (!seen || this.#closing.signal.aborted) return
    if (this.#jobs.some((job) => isSameFile(job.seen.identity, seen.identity))) return
    this.#jobs.push(new CompressJob(this.#options, seen))
    this.#running ??= this.#run()
  }

  /** Resolves when nothing is left to do; keeps the process alive until then. */
  async idle(): Promise<void> {
    const alive = setInterval(() => {}, 100)
    await this.#running
    clearInterval(alive)
  }

  /** Takes no more files, finishes those that have settled, and gives up when `signal` aborts. */
  async close(signal: AbortSignal): Promise<void> {
    this.#closing.abort()
    if (signal.aborted) this.abort()
    else signal.addEventListener('abort', () => this.abort(), { once: true })
    await this.idle()
  }

  /** Takes no more files and leaves plain what is not compressed yet; {@link Compressor.idle} tells when it has let go of them. */
  abort(): void {
    this.#closing.abort()
    this.#aborting.abort()
    this.#jobs.splice(1)
  }

  async #run(): Promise<void> {
    for (let job = this.#jobs[0]; job; job = this.#jobs[0]) {
      // What keeps no process alive does not wake it either, and at the end there may be nothing else that does.
      await setImmediate(undefined, { ref: this.#closing.signal.aborted })
      await this.#compress(job)
      this.#jobs.shift()
    }
    this.#running = undefined
  }

  async #compress(job: CompressJob): Promise<void> {
    try {
      await job.run(this.#closing.signal, this.#aborting.signal)
    } catch (thrown) {
      if (toError(thrown).name !== 'AbortError') this.#fail(job, toError(thrown))
    }
  }

  #fail(job: CompressJob, error: Error & { code?: string }): void {
    const text = `cannot compress '${job.seen.path}': ${error.message}; it stays as it is`
    try {
      this.#options.onFailure(Object.assign(new Error(text, { cause: error }), { code: error.code }))
    } catch (thrown) {
      // What the listener throws is thrown as from any other event, and does not stop the files that come next.
      process.nextTick(() => {
        throw thrown
      })
    }
  }
}
