// Which records of a batch are of certain levels, found without making records of them.

import { Batch } from './batch.js'
import { lineLevel } from './line-facts.js'
import type { RecordShape } from './record-shape.js'

/** Levels from one to another, both included; pino's numbers. */
export interface LevelRange {
  /** Default: every level. */
  readonly level?: number | undefined
  /** Default: every level. */
  readonly maxLevel?: number | undefined
}

/** Calls `visit` for each line of `text` with its level, and where it starts and ends in the text, newline included. */
export function eachLine(
  text: string,
  shape: RecordShape,
  visit: (level: number, start: number, end: number) => void,
): void {
  const usual = shape.levelKey === 'level'
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline + 1
    const level = usual ? usualLevel(text, start) : undefined
    visit(level ?? lineLevel(text.slice(start, newline === -1 ? end : newline), shape), start, end)
    start = end
  }
}

/** The levels of a batch, for any number of ranges to be picked from. */
export class LevelPicker {
  readonly #batch: Batch
  readonly #levels: number[] = []
  readonly #ends: number[] = []
  readonly #picked = new Map<string, Batch | undefined>()
  #lowest = Number.POSITIVE_INFINITY
  #highest = Number.NEGATIVE_INFINITY

  constructor(batch: Batch) {
    this.#batch = batch
    eachLine(batch.asLines.text, batch.context.shape, (level, _, end) => {
      this.#levels.push(level)
      this.#ends.push(end)
      if (level < this.#lowest) this.#lowest = level
      if (level > this.#highest) this.#highest = level
    })
  }

  /** The records within `range`: the batch itself if that is all of them, undefined if there is none. */
  pick(range: LevelRange): Batch | undefined {
    const { level = Number.NEGATIVE_INFINITY, maxLevel = Number.POSITIVE_INFINITY } = range
    if (level <= this.#lowest && maxLevel >= this.#highest) return this.#batch
    if (level > this.#highest || maxLevel < this.#lowest) return undefined
    const key = `${level}-${maxLevel}`
    if (!this.#picked.has(key)) this.#picked.set(key, this.#copy(level, maxLevel))
    return this.#picked.get(key)
  }

  // Neighbours are copied together.
  #copy(level: number, maxLevel: number): Batch | undefined {
    const { text } = this.#batch.asLines
    let copy = ''
    let count = 0
    let from = -1
    for (const [index, each] of this.#levels.entries()) {
      const isIn = each >= level && each <= maxLevel
      const start = index === 0 ? 0 : (this.#ends[index - 1] ?? 0)
      if (isIn) count++
      if (isIn && from === -1) from = start
      if (!isIn && from !== -1) {
        copy += text.slice(from, start)
        from = -1
      }
    }
    if (from !== -1) copy += text.slice(from)
    return count === 0 ? undefined : new Batch(copy, count, this.#batch.context)
  }
}

const START = '{"level":'

// Two digits and a comma, as pino writes its own levels.
function usualLevel(text: string, start: number): number | undefined {
  const at = start + START.length
  if (text.charCodeAt(at + 2) !== COMMA || !text.startsWith(START, start)) return undefined
  const [tens, ones] = [text.charCodeAt(at) - ZERO, text.charCodeAt(at + 1) - ZERO]
  return tens >= 1 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : undefined
}

const [ZERO, COMMA] = [48, 44]
