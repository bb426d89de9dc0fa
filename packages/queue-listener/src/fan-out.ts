// One batch to several handlers, each of which has its own queue, its own books and its own troubles.

import { type Batch, HandlerOptionError, type Monitor, toError } from '@pino-handlers/core'
import { LevelPicker, type LevelRange, type TargetSettings, TargetSink } from '@pino-handlers/core/target'
import { type HandlerEntry, hasLevels } from './handler-option.js'

interface Child {
  readonly sink: TargetSink
  readonly monitor: Monitor
  readonly range: LevelRange
  readonly fallback: Child | undefined
}

/** Gives each batch to every handler whose levels it has; what becomes of it stands in each handler's own books. */
export class FanOut {
  readonly #monitor: Monitor
  readonly #children: readonly Child[]
  // Those that stand in for others as well.
  readonly #all: Child[] = []
  readonly #picks: boolean
  #closed = false

  /** @throws {HandlerOptionError} when a handler is one of ours and its options are wrong. */
  constructor(entries: readonly HandlerEntry[], settings: TargetSettings, monitor: Monitor) {
    this.#monitor = monitor
    this.#picks = entries.some(hasLevels)
    try {
      this.#children = entries.map((entry) => this.#open(entry, entry.name, settings))
    } catch (error) {
      for (const child of this.#all) close(child, AbortSignal.abort())
      throw error
    }
  }

  /** Returns what the writer has to wait for, if a handler with the policy 'block' has no room. */
  write(batch: Batch): void | Promise<void> {
    if (this.#closed) throw new Error('the handlers are closed')
    const picker = this.#picks ? new LevelPicker(batch) : undefined
    const rooms: Promise<void>[] = []
    for (const { sink, monitor, range } of this.#children) {
      const part = picker ? picker.pick(range) : batch
      monitor.filtered(batch.count - (part?.count ?? 0))
      const room = part && sink.receive(part)
      if (room) rooms.push(room)
    }
    return rooms.length === 0 ? undefined : Promise.all(rooms).then(() => {})
  }

  /** What a writer that can wait had better wait for: a handler that is behind and catching up. */
  pause(): Promise<void> | undefined {
    const pauses = this.#children.flatMap(({ sink }) => sink.pause() ?? [])
    return pauses.length === 0 ? undefined : Promise.all(pauses).then(() => {})
  }

  /** Resolves when each handler has flushed, has failed to, or has taken too long; rejects with what the first of those says. */
  async flush(): Promise<void> {
    const results = await Promise.allSettled(this.#children.map(({ sink }) => sink.flush()))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  }

  /** Resolves when what was written before is safe with each handler that works, as far as it can tell. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#working.map(({ sink }) => sink.settled()))
  }

  /** Whether each handler that works has written what it was given. One that is none of ours cannot tell, so it has not. */
  get isSettled(): boolean {
    return this.#working.every(({ monitor }) => monitor.stats.targets?.[0]?.queued === 0)
  }

  /** Asks each handler to do something by name. */
  command(name: string): void {
    for (const { sink } of this.#children) sink.command(name)
  }

  flushSync(): void {
    for (const { sink } of this.#children) sink.flushSync()
  }

  async close(signal: AbortSignal): Promise<void> {
    this.#closed = true
    await Promise.all(this.#children.map((child) => close(child, signal)))
  }

  get #working(): Child[] {
    return this.#children.flatMap((child) => standIn(child) ?? [])
  }

  #open(entry: HandlerEntry, name: string, settings: TargetSettings): Child {
    const { target, range, fallback } = entry
    const other = fallback && this.#open(fallback, `${name}/${fallback.name}`, settings)
    const monitor = this.#monitor.child(name)
    try {
      const child = { sink: new TargetSink(target, settings, monitor, other?.sink), monitor, range, fallback: other }
      this.#all.push(child)
      return child
    } catch (error) {
      const refused = `option "handlers" has "${name}", which refuses its options: ${toError(error).message}`
      throw new HandlerOptionError(`[${this.#monitor.handler}] ${refused}`, { cause: error })
    }
  }
}

// The handler itself, or what has its records while it is left alone. One that is being opened is about to work.
function standIn(child: Child): Child | undefined {
  const { sink, monitor, fallback } = child
  if (sink.isWell || monitor.state === 'connecting') return child
  return fallback && standIn(fallback)
}

async function close({ sink, monitor }: Child, signal: AbortSignal): Promise<void> {
  try {
    await sink.close(signal)
  } catch (error) {
    monitor.failure('close', error)
  }
}
