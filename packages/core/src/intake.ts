// The front door: chunks in, batches of the records that `level` and `filter` let through out.

import { Batch } from './batch.js'
import type { CommonSettings, Filter } from './common.js'
import { INFO, parseLevel } from './levels.js'
import { countLines, LineBuffer, splitLines } from './lines.js'
import type { Monitor } from './monitor.js'
import { prefixLevel } from './prefix.js'
import { LogRecord, type RecordShape } from './record.js'
import { ShapeSource } from './shape.js'

/** Turns what pino writes into batches. Lines that nothing looks at pass through as they are. */
export class Intake {
  readonly #lines = new LineBuffer()
  readonly #shapes: ShapeSource
  readonly #settings: CommonSettings
  readonly #monitor: Monitor

  constructor(settings: CommonSettings, monitor: Monitor) {
    this.#settings = settings
    this.#monitor = monitor
    this.#shapes = new ShapeSource(settings)
  }

  /** False while records cannot be read for certain, since pino's configuration is still on the way to this thread. */
  get ready(): boolean {
    const { level, filter, formatter } = this.#settings
    return this.#shapes.settled || (level === undefined && !filter && !formatter)
  }

  /** The batch that `chunk` completes; undefined when it completes no line, or none that is let through. */
  push(chunk: string | Uint8Array): Batch | undefined {
    return this.#batch(this.#lines.push(chunk))
  }

  /** The batch of what came after the last newline. */
  end(): Batch | undefined {
    return this.#batch(this.#lines.end())
  }

  #batch(text: string): Batch | undefined {
    if (text === '') return undefined
    const { level, filter, formatter, terminator = '\n' } = this.#settings
    const shape = this.#shapes.current
    const context = { format: formatter, terminator, monitor: this.#monitor, shape }
    if (level === undefined && !filter) return this.#receive(new Batch(text, countLines(text), context))
    const lines = splitLines(text)
    const kept = lines.filter(
      (line) => (level === undefined || levelOf(line, shape) >= level) && this.#passes(line, shape, filter),
    )
    this.#monitor.filtered(lines.length - kept.length)
    return kept.length === 0 ? undefined : this.#receive(new Batch(`${kept.join('\n')}\n`, kept.length, context))
  }

  #receive(batch: Batch): Batch {
    this.#monitor.received(batch.count)
    return batch
  }

  // A filter that fails lets the record through: better one too many than one lost.
  #passes(line: string, shape: RecordShape, filter: Filter | undefined): boolean {
    if (!filter) return true
    try {
      return filter(new LogRecord(line, shape))
    } catch (error) {
      this.#monitor.failure('filter', error)
      return true
    }
  }
}

function levelOf(line: string, shape: RecordShape): number {
  const prefix = shape.levelKey === 'level' ? parseLevel(prefixLevel(line), shape.customLevels) : undefined
  return prefix ?? (line.startsWith('{') ? new LogRecord(line, shape).level : INFO)
}
