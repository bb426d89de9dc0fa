// Both ends of a queue on a server, as a plain client and ours have them.

import { createRequire } from 'node:module'
import type { QueueBatch } from '@pino-handlers/core/queue'

/** Where the queue is, and what nobody else calls one. */
interface Place {
  readonly url: string
  readonly name: string
}

export interface Ends {
  /** Resolves when the server has them. */
  send(batches: readonly QueueBatch[]): Promise<void>
  /** Resolves when so many have come and are acknowledged. */
  receive(count: number): Promise<void>
  close(): Promise<void>
}

/** Opens both ends. */
export type Open = (place: Place) => Promise<Ends>

/** The client that one of our packages uses. Its types are what the caller says: these are few, and not all clients' compile here. */
export function clientOf<Client>(ours: string, client: string): Client {
  const require = createRequire(createRequire(import.meta.url).resolve(`${ours}/package.json`))
  return require(client) as Client
}
