// One handler at work: its destination, the transport that feeds it in a worker of its own, and what came of it.

import { once } from 'node:events'
import { type Stats, toError } from '@pino-handlers/core'
import { pino } from 'pino'
import type { Account } from './account.js'
import type { Destination } from './row.js'

type Transport = ReturnType<typeof pino.transport>

/** A handler that takes records. */
export interface Lane {
  readonly transport: Transport
  /** Resolves when the worker takes records; rejects when the handler could not be made. */
  readonly ready: Promise<unknown>
  /** Ends the transport and looks at what arrived of the `sent` records. */
  close(sent: number): Promise<Account>
}

/** Starts the worker of `handler` for a destination that is ready. */
export function openLane(handler: string, { target, where, verify }: Destination): Lane {
  const transport = pino.transport(target)
  const closed = new Promise<void>((resolve) => transport.on('close', resolve))
  const errors = new Set<string>()
  let stats: Stats | undefined
  transport.on('stats', (latest: Stats) => {
    stats = latest
  })
  transport.on('error', (error: Error) => errors.add(error.message))

  async function count(): Promise<number | undefined> {
    try {
      return await verify?.()
    } catch (error) {
      errors.add(toError(error).message)
      return undefined
    }
  }

  return {
    transport,
    ready: once(transport, 'ready'),
    async close(sent) {
      transport.end()
      await closed
      return { handler, sent, found: await count(), stats, where, errors: [...errors] }
    },
  }
}
