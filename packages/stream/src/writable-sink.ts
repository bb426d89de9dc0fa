// A Writable of the application as a destination.

import type { Writable } from 'node:stream'
import { type Batch, type Monitor, Outbox, type OutboxSettings, type Parcel, type Sink } from '@pino-handlers/core'

/** A sink that writes to a Writable and leaves it open; while it is slow, records are held within bounds. */
export class WritableSink implements Sink {
  readonly settles = true
  readonly #target: Writable
  readonly #monitor: Monitor
  readonly #outbox: Outbox
  #underway = 0
  #waiting: (() => void)[] = []
  readonly #listeners: readonly (readonly [string, (error: Error) => void])[] = [
    ['drain', () => this.#drain()],
    ['close', () => this.#end()],
    // Its write callbacks count what is lost; unheard, the event would end the process.
    ['error', (error) => this.#monitor.failure('write', error)],
  ]

  constructor(target: Writable, settings: OutboxSettings, monitor: Monitor) {
    this.#target = target
    this.#monitor = monitor
    this.#outbox = new Outbox(settings, monitor)
    for (const [event, listener] of this.#listeners) target.on(event, listener)
  }

  write(batch: Batch): void | Promise<void> {
    if (this.#target.writableEnded || this.#target.destroyed) this.#monitor.dropped(batch.count, 'stream closed')
    else if (this.#outbox.count > 0 || this.#target.writableNeedDrain) return this.#outbox.push(batch, batch.context)
    else this.#send(batch)
  }

  async flush(): Promise<void> {
    while (this.#busy) await this.#settled()
  }

  async close(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#tell())
    while (this.#busy && !signal.aborted) await this.#settled()
    this.#monitor.dropped(this.#outbox.take().count, 'closed')
    for (const [event, listener] of this.#listeners) this.#target.off(event, listener)
  }

  // Records may also wait for what others have written to the same stream.
  get #busy(): boolean {
    return this.#underway > 0 || this.#outbox.count > 0
  }

  #send({ text, count }: Parcel): void {
    this.#underway++
    this.#target.write(text, (error) => {
      this.#underway--
      if (error) this.#monitor.dropped(count, 'failed')
      else this.#monitor.delivered(count, Buffer.byteLength(text))
      this.#tell()
    })
  }

  #drain(): void {
    this.#outbox.reportDrops()
    if (this.#outbox.count > 0) this.#send(this.#outbox.take())
  }

  #end(): void {
    this.#monitor.dropped(this.#outbox.take().count, 'stream closed')
    this.#tell()
  }

  // Resolves when a write has ended.
  #settled(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
