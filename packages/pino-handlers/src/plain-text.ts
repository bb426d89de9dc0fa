// Lines that are no records, as records: what console.log and a crash leave in the log.

import { hostname } from 'node:os'

/** How a record is made of a text. */
export interface WrapSettings {
  /** pino's number. A text with a stack is of error's, if that is higher. */
  readonly level: number
  readonly levelKey: string
  readonly timeKey: string
  readonly messageKey: string
}

const ERROR = 50
const HOSTNAME = hostname()

// Characters of lines that belong together; what follows is a record of its own.
const MAX_TEXT = 64 * 1024

/**
 * Gathers lines that belong together: one that is indented, or only closes brackets, goes with the one before it, as in
 * a stack or in an object that console.log writes. Empty lines stand between texts and are left out.
 */
export class PlainText {
  readonly #settings: WrapSettings
  #lines: string[] = []
  #length = 0
  #count = 0

  constructor(settings: WrapSettings) {
    this.#settings = settings
  }

  /** How many lines became records, or parts of one. */
  get count(): number {
    return this.#count
  }

  /** True while a text waits for lines that belong to it. */
  get isHolding(): boolean {
    return this.#lines.length > 0
  }

  /** The record that is complete before `line`, with its newline, or ''. */
  push(line: string): string {
    const goesOn = this.isHolding && this.#length < MAX_TEXT && /^\s+\S|^[\])}]+[,;]?$/.test(line)
    const before = goesOn ? '' : this.end()
    if (line.trim() === '') return before
    this.#count++
    this.#lines.push(line)
    this.#length += line.length
    return before
  }

  /** The record of the lines that are held, with its newline, or ''. */
  end(): string {
    if (!this.isHolding) return ''
    const text = this.#lines.join('\n')
    this.#lines = []
    this.#length = 0
    return recordOf(text, this.#settings)
  }
}

/** A record with this text, with its newline. */
export function recordOf(text: string, { level, levelKey, timeKey, messageKey }: WrapSettings): string {
  const isCrash = /\n\s+at /.test(text)
  const entries = [
    [levelKey, isCrash ? Math.max(level, ERROR) : level],
    [timeKey, Date.now()],
    ['hostname', HOSTNAME],
    [messageKey, text],
  ]
  return `${JSON.stringify(Object.fromEntries(entries))}\n`
}
