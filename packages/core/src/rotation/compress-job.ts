// One backup to be compressed, whatever happens to its name meanwhile.

import { existsSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { toError } from '../errors.js'
import { type FileIdentity, isSameFile } from '../file/same-file.js'
import { COMPRESSED_ENDING, type Compression, compressFile } from './compression.js'
import { temporaryPath } from './leftovers.js'
import { removeSync, renameSyncPatiently } from './rename.js'

/** How backups are compressed. */
export interface CompressOptions {
  readonly compression: Compression
  /** The name of the log file, with which those of temporary files begin. */
  readonly base: string
  /** The paths of the plain backups that there are now: while one is compressed it may be renamed, or deleted. */
  current(): readonly string[]
  /** Seconds for which a file must not have grown, where other processes may still write to it. Default: 0. */
  readonly settleTime?: number
  /** Runs `action` while no other process renames backups, or returns false when that is not possible now. Default: runs it. */
  exclusively?(action: () => void): boolean
}

/** A file by what stays the same when it is renamed. */
export interface Seen {
  readonly identity: FileIdentity
  readonly path: string
  readonly size: number
}

/** The file at a path; undefined when there is none. */
export function look(path: string): Seen | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat?.isFile() ? { identity: stat, path, size: Number(stat.size) } : undefined
}

/** Compresses one file, once. */
export class CompressJob {
  readonly #options: CompressOptions
  #seen: Seen
  // When the file was first seen with this size.
  #since = performance.now()

  constructor(options: CompressOptions, seen: Seen) {
    this.#options = options
    this.#seen = seen
  }

  get seen(): Seen {
    return this.#seen
  }

  /**
   * Resolves when the file is compressed or gone. Rejects when it stays plain, also when `closing` aborts before it has
   * settled or `aborting` before it is compressed. At each moment the plain file is there, or the complete compressed one.
   */
  async run(closing: AbortSignal, aborting: AbortSignal): Promise<void> {
    while (!(await this.#attempt(closing, aborting))) {
      if (!this.#options.settleTime) throw new Error('it was written to meanwhile')
    }
  }

  // False when the file has grown meanwhile.
  async #attempt(closing: AbortSignal, aborting: AbortSignal): Promise<boolean> {
    const { compression, base, exclusively = runs } = this.#options
    await this.#settle(closing)
    const source = await this.#open()
    if (!source) return true
    const temporary = temporaryPath(dirname(this.#seen.path), base, COMPRESSED_ENDING[compression].slice(1))
    try {
      const size = await compressFile(source, temporary, compression, aborting)
      let isDone = false
      const replace = (): void => {
        isDone = this.#replace(temporary, size)
      }
      while (!exclusively(replace)) await setTimeout(1000, undefined, { ref: false, signal: aborting })
      return isDone
    } finally {
      rmSync(temporary, { force: true })
      // Open until now, so that no other file can have got its inode.
      await source.close()
    }
  }

  async #settle(closing: AbortSignal): Promise<void> {
    const { settleTime = 0 } = this.#options
    while (this.#find()) {
      const left = this.#since + settleTime * 1000 - performance.now()
      if (left <= 0) return
      await setTimeout(left, undefined, { ref: false, signal: closing })
    }
  }

  async #open(): Promise<FileHandle | undefined> {
    for (let seen = this.#find(); seen; seen = this.#find()) {
      const source = await open(seen.path).catch(undefinedIfGone)
      const stat = await source?.stat({ bigint: true })
      if (stat && isSameFile(stat, seen.identity)) return source
      await source?.close()
    }
    return undefined
  }

  // In one go, so that nothing happens to the names between. False when the file has grown.
  #replace(temporary: string, size: number): boolean {
    const seen = this.#find()
    if (!seen) return true
    if (seen.size !== size) return false
    const compressed = seen.path + COMPRESSED_ENDING[this.#options.compression]
    if (existsSync(compressed)) throw new Error(`'${compressed}' exists already`)
    renameSyncPatiently(temporary, compressed)
    removeSync(seen.path, temporaryPath(dirname(seen.path), this.#options.base, 'gone'))
    return true
  }

  // Where the file is now.
  #find(): Seen | undefined {
    // Another process may rename it between a list of the names and a look at them: the second list has the new name.
    const seen = this.#search() ?? this.#search()
    if (!seen) return undefined
    if (seen.size !== this.#seen.size) this.#since = performance.now()
    this.#seen = seen
    return seen
  }

  #search(): Seen | undefined {
    for (const path of this.#options.current()) {
      const seen = look(path)
      if (seen && isSameFile(seen.identity, this.#seen.identity)) return seen
    }
    return undefined
  }
}

function runs(action: () => void): boolean {
  action()
  return true
}

function undefinedIfGone(thrown: unknown): undefined {
  if (toError(thrown).code !== 'ENOENT') throw thrown
}
