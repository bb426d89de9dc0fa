// A connection of a client, with what its listener heard.

import { EventEmitter, once } from 'node:events'
import type { TestContext } from 'node:test'
import type { Client, Connection, Part } from '@pino-handlers/core/net'

type Told = readonly [what: string, ...unknown[]]

/** Errors as their code, or their message if they have none. */
export function wordOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  return 'code' in error ? error.code : error.message
}

/** A connection that was started, and that remembers what it told. */
export class Heard {
  readonly connection: Connection
  /** What the listener heard, in order. */
  readonly events: Told[] = []
  /** What the connection was closed with. */
  error: Error | undefined
  readonly #emitter = new EventEmitter()

  constructor(t: Pick<TestContext, 'after'>, client: Client) {
    const hear = (...told: Told): void => {
      this.events.push(told)
      this.#emitter.emit(told[0])
    }
    const listener = {
      opened: () => hear('opened'),
      closed: (error: Error | undefined, taken: number) => {
        this.error = error
        hear('closed', wordOf(error), taken)
      },
      idled: () => hear('idled'),
      failed: (error: Error) => hear('failed', wordOf(error)),
    }
    this.connection = client.connect(listener)
    t.after(() => this.connection.destroy())
  }

  /** Resolves when it has opened, or with false when it is closed instead. */
  async opens(): Promise<boolean> {
    await Promise.race([this.heard('opened'), this.heard('closed')])
    return this.events[0]?.[0] === 'opened'
  }

  /** Resolves when the listener has heard `what`. */
  async heard(what: string): Promise<void> {
    while (!this.events.some(([each]) => each === what)) await once(this.#emitter, what)
  }

  /** Sends and resolves with what `done` was given. */
  send(parts: readonly Part[]): Promise<readonly unknown[]> {
    return new Promise((resolve) => {
      this.connection.send(parts, (...told) => resolve(told.map(wordOf)))
    })
  }
}

/** A connection that has opened. */
export async function openConnection(t: Pick<TestContext, 'after'>, client: Client): Promise<Heard> {
  const heard = new Heard(t, client)
  if (await heard.opens()) return heard
  throw heard.error ?? new Error('closed')
}

/** A part for each datum, of one record each. */
export function partsOf(...data: readonly (string | Uint8Array)[]): Part[] {
  return data.map((each) => ({ data: each, count: 1 }))
}

/** '0', '1', '2', ... */
export function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index))
}
