// pino's worker with one target, ready.

import { once } from 'node:events'
import pino from 'pino'
import type { Log } from '../load.js'
import type { Destination } from '../peer.js'
import { throughPino } from '../record.js'

export async function openTransport<Options extends object>(
  target: string,
  options: Options,
  toLog: (stream: pino.DestinationStream) => Log = throughPino,
): Promise<Destination> {
  const stream = pino.transport<Options>({ target, options })
  await once(stream, 'ready')
  return {
    log: toLog(stream),
    end() {
      stream.end()
      return once(stream, 'close')
    },
  }
}
