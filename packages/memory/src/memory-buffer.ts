// What waits, and what ends its waiting.

import { LogRecord, lineField, type RecordShape } from '@pino-handlers/core'
import { eachLine } from '@pino-handlers/core/target'
import { type KeyBucket, Keys, keyBucket } from './keys.js'
import { Lines } from './lines.js'
import { marked } from './marked.js'
import { type ShouldFlush, shouldFlush } from './rules.js'

/** What a {@link MemoryBuffer} needs to know. */
export interface BufferSettings {
  readonly capacity: number
  readonly flushLevel: number
  readonly shouldFlush?: ShouldFlush | undefined
  readonly maxBytes: number
  readonly onFull: 'flush' | 'drop-oldest'
  readonly keyBy?: string | undefined
  /** Seconds. */
  readonly keyTtl: number
  readonly maxKeys: number
  readonly afterTrigger: 'continue' | 'passthrough'
  readonly passThroughLevel?: number | undefined
  readonly markBuffered: boolean
}

/** What a batch has led to. */
export interface Outcome {
  /** Lines that go to the target. */
  text: string
  count: number
  /** Records that had to go, by reason. */
  readonly dropped: { overwritten: number; expired: number; evicted: number }
  /** Records that are of no interest to the target. */
  leftOut: number
}

/** When a batch came, and where its lines may go. */
export interface Circumstances {
  readonly shape: RecordShape
  /** In milliseconds. */
  readonly now: number
  /** pino's number of the lowest level that the target takes; undefined without a target. */
  readonly target: number | undefined
}

interface Line {
  readonly text: string
  readonly bytes: number
  readonly level: number
}

/** Lines that wait in one buffer, or in one for each key, for a reason to go on. */
export class MemoryBuffer {
  readonly #settings: BufferSettings
  readonly #onError: (error: unknown) => void
  readonly #lines: Lines
  readonly #keys: Keys | undefined
  readonly #only: KeyBucket = keyBucket()

  /** @param onError hears what `shouldFlush` throws */
  constructor(settings: BufferSettings, onError: (error: unknown) => void) {
    const { keyBy, maxKeys, keyTtl, maxBytes } = settings
    this.#settings = settings
    this.#onError = onError
    this.#lines = new Lines(maxBytes)
    this.#keys = keyBy === undefined ? undefined : new Keys(maxKeys, keyTtl * 1000)
  }

  /** Takes whole lines. */
  push(text: string, circumstances: Circumstances): Outcome {
    const outcome = newOutcome()
    const { shape, target = Number.NEGATIVE_INFINITY } = circumstances
    const isAscii = Buffer.byteLength(text) === text.length
    this.#expire(circumstances, outcome)
    eachLine(text, shape, (level, start, end) => {
      if (level < target) {
        outcome.leftOut++
        return
      }
      const line = text.slice(start, end)
      const bytes = isAscii ? line.length : Buffer.byteLength(line)
      this.#take({ text: line, bytes, level }, circumstances, outcome)
    })
    return outcome
  }

  /** Gives out all that waits, in the order in which it came. */
  flush(circumstances: Circumstances): Outcome {
    const outcome = newOutcome()
    this.#expire(circumstances, outcome)
    this.#flushAll(outcome)
    return outcome
  }

  /** Drops all that waits; returns how many records. */
  drop(): number {
    return this.#lines.dropAll()
  }

  #take(line: Line, circumstances: Circumstances, outcome: Outcome): void {
    const bucket = this.#bucketOf(line, circumstances, outcome)
    const goes = circumstances.target !== undefined && this.#release(line, bucket, circumstances.shape, outcome)
    if (goes) add(outcome, line.text, 1)
    else this.#hold(line, bucket, outcome)
  }

  // Whether a line goes on at once; what it ends the waiting of goes before it.
  #release(line: Line, bucket: KeyBucket, shape: RecordShape, outcome: Outcome): boolean {
    const { onFull, maxBytes, flushLevel, afterTrigger, passThroughLevel = Number.POSITIVE_INFINITY } = this.#settings
    if (bucket.passing) return true
    const decided = this.#decide(line, bucket, shape)
    if (decided ?? this.#isTrigger(line, bucket)) {
      this.#flush(bucket, outcome)
      bucket.passing = afterTrigger === 'passthrough' && (decided ?? line.level >= flushLevel)
      return true
    }
    if (onFull === 'flush' && this.#lines.bytes + line.bytes >= maxBytes) {
      this.#flushAll(outcome)
      return true
    }
    return line.level >= passThroughLevel
  }

  #isTrigger({ level }: Line, { count }: KeyBucket): boolean {
    const { onFull, capacity, flushLevel } = this.#settings
    return onFull === 'flush' ? shouldFlush(count + 1, capacity, level, flushLevel) : level >= flushLevel
  }

  // What the user's function says; undefined when it fails or there is none.
  #decide({ text }: Line, { count }: KeyBucket, shape: RecordShape): boolean | undefined {
    const { shouldFlush } = this.#settings
    if (!shouldFlush) return undefined
    try {
      return Boolean(shouldFlush(new LogRecord(text.replace(/\r?\n$/, ''), shape), count + 1))
    } catch (error) {
      this.#onError(error)
      return undefined
    }
  }

  #hold({ text, bytes }: Line, bucket: KeyBucket, outcome: Outcome): void {
    const { onFull, capacity, maxBytes } = this.#settings
    if (bytes > maxBytes) {
      outcome.dropped.overwritten++
      return
    }
    if (onFull === 'drop-oldest' && bucket.count >= capacity) {
      this.#lines.dropFirst(bucket)
      outcome.dropped.overwritten++
    }
    while (this.#lines.bytes + bytes > maxBytes) {
      this.#lines.dropOldest()
      outcome.dropped.overwritten++
    }
    this.#lines.add(text, bytes, bucket)
  }

  #flush(bucket: KeyBucket, outcome: Outcome): void {
    if (bucket.count === 0) return
    const { text, count } = this.#lines.take(bucket)
    add(outcome, this.#settings.markBuffered ? marked(text) : text, count)
  }

  #flushAll(outcome: Outcome): void {
    const { text, count } = this.#lines.takeAll()
    add(outcome, this.#settings.markBuffered ? marked(text) : text, count)
  }

  #bucketOf({ text }: Line, circumstances: Circumstances, outcome: Outcome): KeyBucket {
    const { keyBy } = this.#settings
    if (!this.#keys || keyBy === undefined) return this.#only
    const bucket = this.#keys.use(lineField(text, keyBy, circumstances.shape), circumstances.now)
    const evicted = this.#keys.evict()
    if (evicted) this.#letGo(evicted, 'evicted', circumstances, outcome)
    return bucket
  }

  #expire(circumstances: Circumstances, outcome: Outcome): void {
    for (let gone = this.#keys?.expire(circumstances.now); gone; gone = this.#keys?.expire(circumstances.now))
      this.#letGo(gone, 'expired', circumstances, outcome)
  }

  // With 'flush' nothing is dropped; without a target it then waits for the next flush of everything.
  #letGo(bucket: KeyBucket, reason: 'expired' | 'evicted', { target }: Circumstances, outcome: Outcome): void {
    if (this.#settings.onFull === 'drop-oldest') outcome.dropped[reason] += this.#lines.drop(bucket)
    else if (target !== undefined) this.#flush(bucket, outcome)
  }
}

function newOutcome(): Outcome {
  return { text: '', count: 0, dropped: { overwritten: 0, expired: 0, evicted: 0 }, leftOut: 0 }
}

function add(outcome: Outcome, text: string, count: number): void {
  outcome.text += text
  outcome.count += count
}
