// What becomes of records on their way to the handlers.

import { type Batch, type Intake, type Monitor, type Sink, toError, whenConfigured } from '@pino-handlers/core'
import { type Prepare, preparedBatch } from '@pino-handlers/core/queue'
import type { FanOut } from './fan-out.js'
import type { ListeningUser } from './listening.js'

/** A sink that prepares records and gives them to all handlers; from then on they stand in the books of those. */
export class ListenerSink implements Pick<Sink, 'settles' | 'write'>, ListeningUser {
  readonly settles = true
  readonly #fanOut: FanOut
  readonly #prepare: Prepare | undefined
  // What comes out of a queue is whole lines, while what pino writes may be cut anywhere: the two must not be mixed.
  readonly #intake: Intake
  readonly #monitor: Monitor

  constructor(fanOut: FanOut, prepare: Prepare | undefined, intake: Intake, monitor: Monitor) {
    this.#fanOut = fanOut
    this.#prepare = prepare
    this.#intake = intake
    this.#monitor = monitor
  }

  write(batch: Batch): void | Promise<void> {
    const part = this.#prepare ? preparedBatch(batch, this.#prepare) : batch
    if (part.count === 0) return
    try {
      const room = this.#fanOut.write(part)
      this.#monitor.delivered(part.count)
      return room
    } catch (error) {
      this.#monitor.dropped(part.count, 'failed')
      this.#monitor.failure('write', toError(error))
    }
  }

  async handle(text: string): Promise<void> {
    if (!this.#intake.ready) await new Promise<void>((resolve) => whenConfigured(resolve))
    for (const batch of this.#intake.push(text)) await this.write(batch)
    await this.#fanOut.pause()
  }

  handleNow(text: string): void {
    for (const batch of this.#intake.push(text)) this.write(batch)
  }

  settled(): Promise<void> {
    return this.#fanOut.settled()
  }
}
