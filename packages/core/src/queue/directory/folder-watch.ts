// Waiting for something to change in a folder.

import { type FSWatcher, watch } from 'node:fs'

// Milliseconds after which a folder is looked at that nothing was heard of: not every file system tells, and the owner
// of a file may be gone without a change to it. Without a watcher sooner.
const CHECK = 1000
const CHECK_ALONE = 100

/** Tells when to look at a folder again. */
export class FolderWatch {
  readonly #folder: string
  readonly #concerns: (event: string, name: string) => boolean
  readonly #keepsAlive: boolean
  #watcher: FSWatcher | undefined
  #isOver = false
  readonly #waiting = new Set<() => void>()

  /** `concerns` says what is worth a look; `keepsAlive`, whether the process lives on while someone waits. */
  constructor(folder: string, concerns: (event: string, name: string) => boolean, keepsAlive: boolean) {
    this.#folder = folder
    this.#concerns = concerns
    this.#keepsAlive = keepsAlive
  }

  /** Resolves when it is worth looking again, and at the latest after a second, when `signal` aborts, or at the end. */
  async changed(signal: AbortSignal): Promise<void> {
    // What has changed before there was a watcher was not heard.
    if (signal.aborted || this.#isOver || this.#start()) return
    let timer: NodeJS.Timeout | undefined
    let wake: (() => void) | undefined
    if (this.#keepsAlive) this.#watcher?.ref()
    await new Promise<void>((resolve) => {
      wake = () => resolve()
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake)
      timer = setTimeout(resolve, this.#watcher ? CHECK : CHECK_ALONE)
      if (!this.#keepsAlive) timer.unref()
    })
    clearTimeout(timer)
    if (wake) {
      this.#waiting.delete(wake)
      signal.removeEventListener('abort', wake)
    }
    if (this.#waiting.size === 0) this.#watcher?.unref()
  }

  close(): void {
    this.#isOver = true
    this.#stop()
    this.#wake()
  }

  // Whether it has begun to hear just now.
  #start(): boolean {
    if (this.#watcher) return false
    try {
      this.#watcher = watch(this.#folder, { persistent: false })
    } catch {
      return false
    }
    this.#watcher.on('change', (event, name) => {
      if (name === null || this.#concerns(event, String(name))) this.#wake()
    })
    this.#watcher.on('error', () => this.#stop())
    return true
  }

  #stop(): void {
    this.#watcher?.close()
    this.#watcher = undefined
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
  }
}
