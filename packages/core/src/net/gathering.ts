// Letting records wait for others, so that they go out together.

import type { Batch } from '../batch.js'
import { beforeExit, notBeforeExit } from '../before-exit.js'
import { milliseconds } from '../milliseconds.js'

/** What fills a batch, and how long it may take. */
export interface GatherSettings {
  /** Records that are not to wait for more. */
  readonly records: number
  /** Bytes of lines that are not to wait for more. */
  readonly bytes: number
  /** Seconds that a record waits at most; 0 sends it at once. */
  readonly interval: number
  /** Records of this level and above do not wait, nor do those before them. */
  readonly level: number
}

/** Says when what waits may go out. Its timer does not keep a process alive; one that is about to end waits no longer. */
export class Gathering {
  #settings: GatherSettings | undefined
  readonly #due: () => void
  #isDue: boolean
  #timer: NodeJS.Timeout | undefined
  readonly #hurry = (): void => {
    this.release()
    this.#due()
  }

  /**
   * @param settings without them, nothing waits
   * @param due is called when what waits may go out since time is up
   */
  constructor(settings: GatherSettings | undefined, due: () => void) {
    this.#settings = settings && settings.interval > 0 ? settings : undefined
    this.#due = due
    this.#isDue = !this.#settings
  }

  /** What waits may go out. */
  get isDue(): boolean {
    return this.#isDue
  }

  /** Whether a batch fills up what waits, or cannot wait itself. */
  isFilledBy(batch: Batch, waiting: { readonly count: number; readonly bytes: number }): boolean {
    if (this.#isDue || !this.#settings) return true
    const { records, bytes, level } = this.#settings
    return waiting.count + batch.count >= records || waiting.bytes + batch.size >= bytes || reaches(batch, level)
  }

  /** Something waits from now on. */
  wait(): void {
    if (this.#isDue || !this.#settings || this.#timer) return
    this.#timer = setTimeout(this.#hurry, milliseconds(this.#settings.interval)).unref()
    beforeExit(this.#hurry)
  }

  /** All that waits may go out. */
  release(): void {
    this.#stop()
    this.#isDue = true
  }

  /** Nothing waits any more. */
  emptied(): void {
    this.#stop()
    this.#isDue = !this.#settings
  }

  /** From now on nothing waits. */
  end(): void {
    this.#settings = undefined
    this.release()
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    notBeforeExit(this.#hurry)
  }
}

function reaches(batch: Batch, level: number): boolean {
  for (let index = 0; index < batch.count; index++) if (batch.levelAt(index) >= level) return true
  return false
}
