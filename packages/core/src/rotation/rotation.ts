// A rollover and what belongs to it, whatever made it due. Python: BaseRotatingHandler.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { toError } from '../errors.js'
import type { DescriptorWriter } from '../file/descriptor-writer.js'
import type { Monitor } from '../monitor.js'
import { show } from '../options.js'
import type { Sink } from '../sink.js'
import { backupPath, type Naming, ownBackups } from './backups.js'
import { Compressor } from './compressor.js'
import { finishLeftovers, temporaryPath } from './leftovers.js'
import { defaultRotator, removeSync } from './rename.js'
import { expired, type Retention, type StoredBackup } from './retention.js'
import type { RotationSettings } from './rotation-options.js'
import { clearLock, withLock } from './shared-lock.js'
import { pointSymlink } from './symlink.js'

/** Why a file rolls over. */
export type Reason = 'size' | 'time' | 'manual' | 'start'

/** Payload of the `rotate` event. */
export interface Rotated {
  readonly handler: string
  readonly reason: Reason
  /** The log file. */
  readonly from: string
  /** The backup that it has become. */
  readonly to: string
}

/** What is different between ways of rotating. */
export interface Scheme {
  readonly naming: Naming
  readonly retention: Retention
  /** Makes room for a backup and gives its path; `names` are those in the folder of the backups. */
  makeRoom(names: readonly string[]): string
  /** The room is taken, or there was nothing to take it. */
  taken?(): void
  /** Puts backups into the order of their age, oldest first. Default: the order of their names. */
  inOrder?(backups: readonly StoredBackup[]): readonly StoredBackup[]
}

// After a rollover that failed, the next attempt comes after 1, 2, 4 ... 60 seconds.
const PAUSE = { first: 1000, last: 60_000 }

// Seconds for which another process may still write to the file that it has open.
const SETTLE_TIME = 5

/** Rolls a log file over and keeps the backups within their limits. It reports what goes wrong and never throws. */
export class Rotation {
  readonly #scheme: Scheme
  readonly #settings: RotationSettings
  readonly #monitor: Monitor
  readonly #folder: string
  readonly #compressor: Compressor | undefined
  #pausedUntil = 0
  #failures = 0

  constructor(scheme: Scheme, settings: RotationSettings, monitor: Monitor) {
    this.#scheme = scheme
    this.#settings = settings
    this.#monitor = monitor
    this.#folder = dirname(backupPath(scheme.naming, '1'))
    this.#compressor = this.#createCompressor()
  }

  /** False for a while after a rollover has failed: records go on to the old file meanwhile. */
  get possible(): boolean {
    return Date.now() >= this.#pausedUntil
  }

  /**
   * Before the file is opened: finishes what an earlier run has left undone, deletes what is too much by now, and rolls
   * over if that is asked for at each start.
   */
  start(): void {
    const { shared, rotateOnStart } = this.#settings
    // Where there is no folder yet there is nothing to tidy up.
    if (existsSync(dirname(this.#filename))) {
      this.#guard('tidy', () => {
        if (shared) clearLock(this.#lock)
        this.#exclusively(() => this.#finish())
      })
    }
    const found = statSync(this.#filename, { throwIfNoEntry: false })
    if (rotateOnStart && found?.isFile() && found.size > 0) this.roll('start')
  }

  /** Rolls over; to be called with the file closed. Another process may have done it: `isDue` is asked under the lock. */
  roll(reason: Reason, isDue: () => boolean = () => true): void {
    this.#attempt(() =>
      this.#exclusively(() => {
        if (isDue()) this.#roll(reason)
      }),
    )
  }

  /** Resolves when nothing is being compressed any more; gives up when `signal` aborts. */
  async close(signal: AbortSignal): Promise<void> {
    await this.#compressor?.close(signal)
  }

  get #filename(): string {
    return this.#scheme.naming.filename
  }

  #roll(reason: Reason): void {
    const from = this.#filename
    const there = statSync(from, { throwIfNoEntry: false })
    // Python: shouldRollover is false for what is no regular file; by size, for an empty one too.
    if (there && (!there.isFile() || (there.size === 0 && reason === 'size'))) return
    const to = this.#scheme.makeRoom(this.#names())
    const rotate = this.#settings.rotator ?? defaultRotator
    rotate(from, to)
    this.#scheme.taken?.()
    if (there) this.#tell({ handler: this.#monitor.handler, reason, from, to })
    this.#tidy(this.#scheme.retention)
  }

  #tell(rotated: Rotated): void {
    // While a handler is being made nobody can listen to it yet.
    if (rotated.reason === 'start') process.nextTick(() => this.#monitor.emit('rotate', rotated))
    else this.#monitor.emit('rotate', rotated)
  }

  #finish(): void {
    const isPlain = (name: string): boolean => this.#plain([name]).length > 0
    this.#guard('tidy', () => {
      if (this.#names().length > 0) finishLeftovers(this.#folder, basename(this.#filename), isPlain)
    })
    // What is beyond backupCount goes at the next rollover, as in Python.
    this.#tidy({ ...this.#scheme.retention, backupCount: undefined })
  }

  // None of this keeps the file from rolling over, nor one from the other.
  #tidy(retention: Retention): void {
    const { symlink } = this.#settings
    if (symlink !== undefined) this.#guard('symlink', () => pointSymlink(symlink, this.#filename))
    this.#guard('delete', () => {
      const files = this.#expired(retention).flatMap((backup) => backup.files)
      const meanwhile = (): string => temporaryPath(this.#folder, basename(this.#filename), 'gone')
      for (const file of files) this.#guard('delete', () => removeSync(join(this.#folder, file), meanwhile()))
    })
    this.#guard('compress', () => {
      if (this.#compressor) for (const path of this.#plain(this.#names())) this.#compressor.add(path)
    })
  }

  #expired(retention: Retention): readonly StoredBackup[] {
    const { naming, inOrder } = this.#scheme
    // As with Python's backupCount, 0 is no limit.
    const limits: Retention = Object.fromEntries(Object.entries(retention).filter(([, limit]) => limit))
    if (Object.keys(limits).length === 0) return []
    const stored = ownBackups(naming, this.#names()).flatMap((backup) => {
      const stats = backup.files.flatMap((file) => statSync(join(this.#folder, file), { throwIfNoEntry: false }) ?? [])
      const size = stats.reduce((sum, stat) => sum + stat.size, 0)
      return stats.some((stat) => !stat.isFile()) ? [] : { ...backup, size, time: Math.max(...stats.map(modified)) }
    })
    return expired(inOrder ? inOrder(stored) : stored, limits, Date.now() / 1000)
  }

  // Of these names in the backups' folder, the paths of backups that are not compressed.
  #plain(names: readonly string[]): string[] {
    return ownBackups(this.#scheme.naming, names)
      .filter(({ name, files }) => files.includes(name))
      .map(({ name }) => join(this.#folder, name))
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder)
    } catch {
      // There is no folder yet, which opening the file will make or complain about.
      return []
    }
  }

  #createCompressor(): Compressor | undefined {
    const { compress: compression, shared } = this.#settings
    if (!compression) return undefined
    return new Compressor({
      compression,
      base: basename(this.#filename),
      current: () => this.#plain(this.#names()),
      settleTime: shared ? SETTLE_TIME : 0,
      exclusively: (action) => this.#exclusively(action),
      onFailure: (error) => this.#monitor.failure('compress', error),
    })
  }

  #exclusively(action: () => void): boolean {
    const { shared } = this.#settings
    if (shared) return withLock(this.#lock, action)
    action()
    return true
  }

  get #lock(): string {
    return `${this.#filename}.lock`
  }

  #guard(kind: string, action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#monitor.failure(kind, error)
    }
  }

  #attempt(action: () => boolean): void {
    try {
      if (!action()) throw new Error('another process holds the lock')
      this.#failures = 0
    } catch (error) {
      const pause = Math.min(PAUSE.first * 2 ** this.#failures++, PAUSE.last)
      this.#pausedUntil = Date.now() + pause
      const { message, code } = toError(error)
      const text = `cannot roll over '${this.#filename}': ${message}; records go on to the file as it is`
      this.#monitor.failure('rotate', Object.assign(new Error(text, { cause: error }), { code }))
    }
  }
}

function modified({ mtimeMs }: { readonly mtimeMs: number }): number {
  return mtimeMs / 1000
}

/** The sink of a handler whose file rolls over: it also does so when the application asks for it, with the command 'rotate'. */
export function rotatingSink(writer: DescriptorWriter, rotation: Rotation): Sink {
  return {
    settles: true,
    write: (batch) => writer.write(batch),
    flush: () => writer.flush(),
    flushSync: () => writer.flushSync(),
    command(name) {
      if (name === 'rotate') writer.changeNow(() => rotation.roll('manual'))
    },
    async close(signal) {
      await writer.close(signal)
      await rotation.close(signal)
    },
  }
}

/** Throws an Error unless the namer gives each of two backups a name of its own; the error continues `option "namer" ...`. */
export function checkNamer(naming: Naming, labels: readonly [string, string]): void {
  const [one, two] = labels.map((label) => `'${naming.filename}.${label}'`)
  const [first, second] = labels.map((label) => nameFor(naming, label))
  if (first !== second && first !== naming.filename && second !== naming.filename) return
  throw new Error(`must give each backup a name of its own, got '${first}' for ${one} and '${second}' for ${two}`)
}

function nameFor(naming: Naming, label: string): string {
  const plain = `'${naming.filename}.${label}'`
  let path: unknown
  try {
    path = backupPath(naming, label)
  } catch (error) {
    throw new Error(`fails for ${plain}: ${toError(error).message}`, { cause: error })
  }
  if (typeof path === 'string' && path !== '') return path
  throw new Error(`must return a path, got ${show(path)} for ${plain}`)
}
