// The handlers in the worker of a pino.transport(), as the main thread talks to them.

import { randomUUID } from 'node:crypto'
import { milliseconds } from '../milliseconds.js'
import { ANSWERED, CODE, type LastAnswer, type LastCall } from './last-call.js'
import type { ThreadStream } from './log-stream.js'

const known = new WeakMap<ThreadStream, TransportWorker>()

/** The worker of a transport. It is one, however many loggers write to it, so that the stream has few listeners. */
export function workerOf(thread: ThreadStream): TransportWorker {
  const worker = known.get(thread) ?? new TransportWorker(thread)
  known.set(thread, worker)
  return worker
}

/** A transport that is flushed or ended. Its handlers are asked directly, if there are any of this family. */
export class TransportWorker {
  readonly thread: ThreadStream
  readonly #flushes = new Map<string, { hello: number; flush: number }>()
  readonly #lookers = new Set<() => void>()
  #hears = false

  constructor(thread: ThreadStream) {
    this.thread = thread
    thread.on(ANSWERED, (answer: LastAnswer) => this.#hear(answer))
    thread.once('ready', () => this.#look())
    thread.once('close', () => this.#look())
  }

  /** Whether a handler of this family is known to be there, so that `closeWithin` reaches somebody. */
  get hears(): boolean {
    return this.#hears
  }

  /** Resolves when `hears` is true, or the worker has ended. */
  heard(): Promise<void> {
    return this.#until(() => this.#hears)
  }

  /** Resolves when what was written before has been delivered, as far as pino and the handlers tell. */
  async flush(): Promise<void> {
    // The answer says that the worker hears, which is worth knowing of one that is still loading.
    if (!this.#isReady) this.#post({ ask: 'hello', id: randomUUID() })
    // What is posted earlier a handler misses if another target that loads sooner listens to the port.
    await this.#until(() => this.#isReady)
    const id = randomUUID()
    const answers = { hello: 0, flush: 0 }
    this.#flushes.set(id, answers)
    this.#post({ ask: 'hello', id })
    // Answers come in order: when this one is there, that to 'hello' is.
    await this.#flushThread()
    this.#post({ ask: 'flush', id })
    // Each copy of core in the worker answers for handlers of its own.
    await this.#until(() => answers.flush >= answers.hello)
    this.#flushes.delete(id)
  }

  /** Lets each handler drop, and count, what it has not delivered in so many milliseconds. */
  closeWithin(limit: number): void {
    this.#post({ ask: 'close', within: limit })
  }

  #hear({ id, to }: LastAnswer): void {
    this.#hears = true
    const answers = this.#flushes.get(id)
    if (answers) answers[to]++
    this.#look()
  }

  #look(): void {
    for (const look of this.#lookers) look()
  }

  get #isReady(): boolean {
    return this.thread.ready !== false
  }

  #flushThread(): Promise<void> {
    let isFlushed = false
    this.thread.flush(() => {
      isFlushed = true
      this.#look()
    })
    // pino does not call back when the worker ends with lines that it has not taken.
    return this.#until(() => isFlushed)
  }

  #post(call: LastCall): void {
    this.thread.emit('message', { code: CODE, ...call })
  }

  // pino's worker does not keep the process alive.
  #until(is: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const alive = setInterval(() => {}, milliseconds(Number.POSITIVE_INFINITY))
      const look = (): void => {
        if (!is() && !this.thread.closed) return
        clearInterval(alive)
        this.#lookers.delete(look)
        resolve()
      }
      this.#lookers.add(look)
      look()
    })
  }
}
