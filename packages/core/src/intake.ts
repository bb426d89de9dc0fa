// The front door: chunks in, batches of the records that `level` and `filter` let through out.

import { Batch, type BatchContext } from './batch.js'
import type { CommonSettings } from './common.js'
import { lineLevel } from './line-facts.js'
import { countLines, LineBuffer, piecesOf, splitEntries } from './lines.js'
import type { Monitor } from './monitor.js'
import { isConfigured, type PinoConfig, pinoConfig } from './pino-thread.js'
import { LogRecord } from './record.js'
import { PINO_SHAPE, type RecordShape } from './record-shape.js'

/** Turns what pino writes into batches. Lines that nothing looks at pass through as they are. */
export class Intake {
  readonly #lines = new LineBuffer()
  readonly #shapes: ShapeSource
  readonly #settings: CommonSettings
  readonly #monitor: Monitor
  readonly #looks: boolean
  #context: BatchContext | undefined

  /** @param readsRecords says that the sink looks at records, not only at their text */
  constructor(settings: CommonSettings, monitor: Monitor, readsRecords = false) {
    this.#settings = settings
    this.#monitor = monitor
    this.#shapes = new ShapeSource(settings)
    const { level, filter, formatter } = settings
    this.#looks = readsRecords || level !== undefined || filter !== undefined || formatter !== undefined
  }

  /** False while records cannot be read for certain, since pino's configuration is still on the way to this thread. */
  get ready(): boolean {
    return this.#shapes.settled || !this.#looks
  }

  /** The records that `chunk` completes and that are let through, in batches. */
  push(chunk: string | Uint8Array): Batch[] {
    return this.#batches(this.#lines.push(chunk))
  }

  /** What came after the last newline. */
  end(): Batch[] {
    return this.#batches(this.#lines.end())
  }

  #batches(text: string): Batch[] {
    if (text === '') return []
    if (!this.#looks) return [this.#receive(new Batch(text, countLines(text), this.#current))]
    return piecesOf(text, BLOCK).flatMap((block) => this.#select(block) ?? [])
  }

  #select(text: string): Batch | undefined {
    const { level, filter } = this.#settings
    const context = this.#current
    if (level === undefined && !filter) return this.#receive(new Batch(text, countLines(text), context))
    const lines = splitEntries(text)
    const kept = lines.filter((line) => this.#passes(line, context.shape))
    this.#monitor.filtered(lines.length - kept.length)
    return kept.length === 0 ? undefined : this.#receive(new Batch(kept.join(''), kept.length, context))
  }

  // The same for all batches until pino's configuration comes.
  get #current(): BatchContext {
    const shape = this.#shapes.current
    if (this.#context?.shape !== shape) {
      const { formatter: format, terminator = '\n' } = this.#settings
      this.#context = { format, terminator, monitor: this.#monitor, shape }
    }
    return this.#context
  }

  #receive(batch: Batch): Batch {
    this.#monitor.received(batch.count)
    return batch
  }

  #passes(line: string, shape: RecordShape): boolean {
    const { level, filter } = this.#settings
    if (level !== undefined && lineLevel(line, shape) < level) return false
    try {
      return !filter || filter(new LogRecord(line.replace(/\r?\n$/, ''), shape))
    } catch (error) {
      // Better a record too many than one that is lost.
      this.#monitor.failure('filter', error)
      return true
    }
  }
}

// Characters of lines to look at in one go: records are objects, many times the size of their lines. A sender takes one of
// them out of its queue at a time if it is no longer, and then neither joins nor cuts them.
const BLOCK = 128 * 1024

/** Gives the shape of records, which is known for certain only after pino's configuration has reached the thread. */
class ShapeSource {
  readonly #settings: CommonSettings
  #seen: PinoConfig | undefined
  #shape: RecordShape

  constructor(settings: CommonSettings) {
    this.#settings = settings
    this.#shape = merge(settings, undefined)
  }

  /** False while this is pino's worker and its configuration is still on the way. */
  get settled(): boolean {
    return isConfigured()
  }

  get current(): RecordShape {
    const config = pinoConfig()
    if (config !== this.#seen) {
      this.#seen = config
      this.#shape = merge(this.#settings, config)
    }
    return this.#shape
  }
}

function merge(settings: CommonSettings, config: PinoConfig | undefined): RecordShape {
  return {
    messageKey: settings.messageKey ?? config?.messageKey ?? PINO_SHAPE.messageKey,
    errorKey: settings.errorKey ?? config?.errorKey ?? PINO_SHAPE.errorKey,
    timeKey: settings.timeKey ?? PINO_SHAPE.timeKey,
    levelKey: settings.levelKey ?? PINO_SHAPE.levelKey,
    nestedKey: settings.nestedKey ?? PINO_SHAPE.nestedKey,
    customLevels: { ...ownLevels(config), ...settings.customLevels },
  }
}

// pino's own labels stand among the configuration's levels; they are in the table already.
function ownLevels(config: PinoConfig | undefined): Record<string, number> {
  const entries = Object.entries(config?.levels?.values ?? {})
  return Object.fromEntries(entries.filter(([label]) => !PINO_LABELS.has(label)))
}

const PINO_LABELS = new Set(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
