// The side of a socket queue that puts: it connects to the listener, and waits until that has settled what it sent.

import { connect, type Socket } from 'node:net'
import { toError } from '../errors.js'
import { milliseconds } from '../milliseconds.js'
import type { QueueBatch } from './queue.js'
import { frameOf, GREETING, Pieces } from './socket-frames.js'
import type { SocketQueueSettings } from './socket-options.js'

interface Pending {
  left: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** One connection of one who puts. It does not come back once it is over. */
export class ProducerConnection {
  readonly #socket: Socket
  readonly #pieces = new Pieces()
  readonly #greeting: NodeJS.Timeout | undefined
  #greeted = false
  #error: Error | undefined
  #frames: Buffer[] = []
  readonly #pending: Pending[] = []

  constructor({ path, connectTimeout }: SocketQueueSettings) {
    this.#socket = connect({ path })
    this.#socket.write(GREETING, 'latin1')
    this.#socket.on('data', (chunk) => this.#read(chunk))
    this.#socket.on('error', (error) => {
      this.#error ??= error
    })
    this.#socket.on('close', () => this.#closed())
    if (connectTimeout > 0)
      this.#greeting = setTimeout(() => this.#tooLate(connectTimeout), milliseconds(connectTimeout))
    this.#greeting?.unref()
  }

  /** Nothing more can be put over it. */
  get isOver(): boolean {
    return this.#socket.destroyed
  }

  /** Resolves when the listener has settled the batches; rejects when the connection is over, or could not be made. */
  put(batches: readonly QueueBatch[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const frames = batches.map(frameOf)
      this.#pending.push({ left: frames.length, resolve, reject })
      this.#frames.push(...frames)
      // What is under way is worth staying for.
      this.#socket.ref()
      this.#send()
    })
  }

  /** Lets go of it; what is under way is rejected. */
  destroy(error: Error): void {
    this.#error ??= error
    this.#socket.destroy()
  }

  #send(): void {
    if (!this.#greeted) return
    this.#socket.cork()
    for (const frame of this.#frames) this.#socket.write(frame)
    this.#socket.uncork()
    this.#frames = []
  }

  #read(chunk: Buffer): void {
    this.#pieces.add(chunk)
    if (!this.#greeted && !this.#greet()) return
    let settled = this.#pieces.takeAcknowledged()
    for (let [first] = this.#pending; first && settled > 0; [first] = this.#pending) {
      const taken = Math.min(first.left, settled)
      settled -= taken
      first.left -= taken
      if (first.left > 0) break
      this.#pending.shift()
      if (this.#pending.length === 0) this.#socket.unref()
      first.resolve()
    }
  }

  #greet(): boolean {
    try {
      this.#greeted = this.#pieces.takeGreeting() === true
    } catch (error) {
      this.destroy(new Error(`what listens there is no queue of this version: ${toError(error).message}`))
    }
    if (!this.#greeted) return false
    clearTimeout(this.#greeting)
    this.#send()
    return true
  }

  #tooLate(seconds: number): void {
    // In a process that was busy for so long the greeting may be there, and not have been looked at.
    const giveUp = (): void => {
      const what = this.#socket.connecting ? 'it could not be reached' : 'what listens there has not greeted as a queue'
      if (!this.#greeted) this.destroy(new Error(`${what} within ${seconds} s`))
    }
    setImmediate(giveUp)
  }

  #closed(): void {
    clearTimeout(this.#greeting)
    const error = this.#told()
    for (const { reject } of this.#pending.splice(0)) reject(error)
  }

  #told(): Error {
    const error = this.#error
    if (!error) return new Error('the listener has closed the connection')
    const { code } = toError(error)
    if (code !== 'ENOENT' && code !== 'ECONNREFUSED') return error
    return Object.assign(new Error(`nobody listens: ${error.message}`, { cause: error }), { code })
  }
}
