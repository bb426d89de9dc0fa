// Whole lines that arrived together, as text, as lines and as records; each view is made when a sink asks for it.

import type { FormatRecord } from './formatter-option.js'
import { lineLevel, lineTime } from './line-facts.js'
import { splitEntries, splitLines } from './lines.js'
import type { Monitor } from './monitor.js'
import { type Parcel, parcelOfLines } from './parcel.js'
import { LogRecord } from './record.js'
import type { RecordShape } from './record-shape.js'

/** What a batch needs to make records and their texts. */
export interface BatchContext {
  readonly format: FormatRecord | undefined
  readonly terminator: string
  readonly monitor: Monitor
  readonly shape: RecordShape
}

/** Records that arrived together and leave together. */
export class Batch implements Parcel {
  /** How many records it holds. */
  readonly count: number
  /** What makes records of lines, for a batch of other lines of the same handler. */
  readonly context: BatchContext
  readonly #raw: string
  #lines: readonly string[] | undefined
  #records: readonly LogRecord[] | undefined
  #entries: readonly string[] | undefined
  #text: string | undefined

  /** @param raw whole lines as pino wrote them */
  constructor(raw: string, count: number, context: BatchContext) {
    this.#raw = raw
    this.count = count
    this.context = context
  }

  /** Characters of the lines as they came. */
  get size(): number {
    return this.#raw.length
  }

  /** The lines as pino wrote them, without their ends. */
  get lines(): readonly string[] {
    this.#lines ??= splitLines(this.#raw)
    return this.#lines
  }

  /** The lines as records. */
  get records(): readonly LogRecord[] {
    this.#records ??= this.lines.map((line) => new LogRecord(line, this.context.shape))
    return this.#records
  }

  /** What goes out for each record, formatted if there is a formatter, with the terminator. */
  get entries(): readonly string[] {
    this.#entries ??= this.#makeEntries()
    return this.#entries
  }

  /** All entries as one text; the untouched lines when nothing changes them. */
  get text(): string {
    this.#text ??= this.linewise ? this.#raw : this.entries.join('')
    return this.#text
  }

  /** The entries are the lines as they came. */
  get linewise(): boolean {
    return !this.context.format && this.context.terminator === '\n'
  }

  /** The records as the lines that they came as, whatever goes out for them. */
  get asLines(): Parcel {
    return parcelOfLines(this.#raw, this.count, { parcel: this, first: 0 })
  }

  levelAt(index: number): number {
    return lineLevel(this.#lineAt(index), this.context.shape)
  }

  /** When the record at `index` was made; the first and the last one are found without cutting the text into lines. */
  timeAt(index: number): number | undefined {
    return lineTime(this.#lineAt(index), this.context.shape)
  }

  #lineAt(index: number): string {
    if (index === 0) return this.#raw.slice(0, this.#raw.indexOf('\n'))
    if (index === this.count - 1) return this.#raw.slice(this.#raw.lastIndexOf('\n', this.#raw.length - 2) + 1, -1)
    return this.lines[index] ?? ''
  }

  #makeEntries(): string[] {
    const { format, terminator } = this.context
    if (this.linewise) return splitEntries(this.#raw)
    if (!format) return this.lines.map((line) => line + terminator)
    return this.lines.map((line, index) => this.#format(format, line, index) + terminator)
  }

  // A record whose formatting fails goes out as its line: a wrong format must not cost a record.
  #format(format: FormatRecord, line: string, index: number): string {
    try {
      return String(format(this.#records?.[index] ?? new LogRecord(line, this.context.shape)))
    } catch (error) {
      this.context.monitor.failure('format', error)
      return line
    }
  }
}
