// An open descriptor that bytes are written to, and how far they have come.

import { closeSync, constants, fstatSync, fsync, openSync, type Stats, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import sonicBoom from 'sonic-boom'
import { inPinoWorker } from '../pino-thread.js'
import type { Encoder } from './encoding.js'

/** Who hears what becomes of a write; one that needs no waiting is over when `write` or `resume` returns. */
export interface OutletListener {
  done(): void
  failed(error: Error & { code?: string }): void
  /** Some of it has been written. */
  progress(): void
}

/** What is opened, and for whom. */
export interface OutletOptions {
  /** The descriptor. */
  readonly fd: number
  /** It is ours to close. */
  readonly owned: boolean
  readonly encoder: Encoder
  /** There is time to wait for a write, in a worker thread. */
  readonly patient: boolean
  readonly listener: OutletListener
}

// What sonic-boom takes; its types leave out the buffers of contentMode 'buffer'.
interface Boom {
  write(data: string | Uint8Array): boolean
  end(): void
  destroy(): void
  once(event: 'close', listener: () => void): unknown
}

const NO_BYTES = new Uint8Array(0)

/** A descriptor with sonic-boom on it. One write at a time; what could not be written is kept for `resume`. */
export class Outlet {
  readonly fd: number
  /** A regular file, as against a pipe, socket or device. */
  readonly isFile: boolean
  /** Writes do not return before they are over. */
  readonly sync: boolean
  /** Bytes of the last write that have been written. */
  written = 0
  readonly #owned: boolean
  readonly #nothing: string | Uint8Array
  readonly #listener: OutletListener
  readonly #boom: Boom
  #size: number
  #bytes = 0
  #writing = false
  #failed = false

  /** @throws when the descriptor cannot be used, which is closed then if it is ours */
  constructor({ fd, owned, encoder, patient, listener }: OutletOptions) {
    const stat = lookAt(fd, owned)
    const free = stat.isFIFO() ? openedAnew(fd) : undefined
    if (free !== undefined && owned) closeSync(fd)
    this.fd = free ?? fd
    this.#owned = owned || free !== undefined
    this.isFile = stat.isFile()
    // Only a file, and a pipe that never blocks, is sure not to keep a worker's thread waiting, even at the end.
    this.sync = this.isFile || free !== undefined || !inPinoWorker || !patient
    this.#nothing = encoder.binary ? NO_BYTES : ''
    this.#listener = listener
    this.#size = stat.size
    if (this.isFile && stat.size === 0) this.#size = this.#mark(encoder.mark)
    this.#boom = this.#createBoom(encoder.binary ? 'buffer' : 'utf8')
  }

  /** Bytes in the file. */
  get size(): number {
    return this.#size
  }

  /** Bytes of the last write. */
  get bytes(): number {
    return this.#bytes
  }

  write(data: string | Uint8Array): void {
    this.#bytes = Buffer.byteLength(data)
    this.#writing = true
    this.written = 0
    this.#go(data)
  }

  /** Goes on with what could not be written: an empty write makes sonic-boom do so. */
  resume(): void {
    this.#go(this.#nothing)
  }

  /** Resolves when all that is written is on the disk; at once for what has no disk. */
  async flush(): Promise<void> {
    if (this.isFile) await promisify(fsync)(this.fd)
  }

  /** Closes it now. */
  closeSync(): void {
    if (this.#owned) closeSync(this.fd)
  }

  /** Closes it when a write under way has ended and the disk has what was written; resolves at once for what is not ours. */
  close(): Promise<void> {
    if (!this.#owned) return Promise.resolve()
    return new Promise((resolve) => {
      this.#boom.once('close', resolve)
      if (this.#failed) this.#boom.destroy()
      else this.#boom.end()
    })
  }

  #go(data: string | Uint8Array): void {
    this.#failed = false
    this.#boom.write(data)
    if (this.sync && !this.#failed) this.#done()
  }

  #done(): void {
    this.#size += this.#bytes
    this.#writing = false
    this.#listener.done()
  }

  #mark(mark: Uint8Array): number {
    try {
      return writeSync(this.fd, mark)
    } catch (error) {
      this.closeSync()
      throw error
    }
  }

  #createBoom(contentMode: 'buffer' | 'utf8'): Boom {
    // Of several writes in a row sonic-boom tells only the first; what is left when the reader is slow tells the rest.
    const retryEAGAIN = (_error: Error, writing: number, waiting: number): false => {
      this.written = this.#bytes - writing - waiting
      return false
    }
    const boom = new sonicBoom.SonicBoom({ fd: this.fd, sync: this.sync, contentMode, retryEAGAIN })
    boom.on('error', (error: Error) => {
      this.#failed = true
      this.#listener.failed(error)
    })
    boom.on('write', (bytes: number) => {
      this.written += bytes
      if (bytes > 0) this.#listener.progress()
    })
    if (!this.sync) {
      boom.on('drain', () => {
        if (this.#writing) this.#done()
      })
    }
    return boom
  }
}

function lookAt(fd: number, owned: boolean): Stats {
  try {
    return fstatSync(fd)
  } catch (error) {
    if (owned) closeSync(fd)
    throw error
  }
}

// A pipe is opened once more where the system allows it, so that it never blocks us, and nobody else who has it sees a
// difference: a thread that waits for a reader cannot be ended, nor can the process.
function openedAnew(fd: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
}
