// pino's worker with one target, ready.

import { once } from 'node:events'
import pino from 'pino'
import type { Destination } from '../peer.js'
import { throughPino } from '../record.js'

export async function openTransport<Options extends object>(target: string, options: Options): Promise<Destination> {
  const stream = pino.transport<Options>({ target, options })
  await once(stream, 'ready')
  return {
    log: throughPino(stream),
    end() {
      stream.end()
      return once(stream, 'close')
    },
  }
}
