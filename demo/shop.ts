// The shop's day: it opens, serves the client's requests, closes, and has logged all of it.

import { once } from 'node:events'
import type { Server } from 'node:http'
import { type DestinationStream, type Logger, pino } from 'pino'
import { createApp } from './app.js'
import { type Load, runClient } from './client.js'

/** Serves `load`, logging to each of `streams`; resolves to the number of records that were logged. */
export async function runShop(streams: readonly DestinationStream[], load: Load): Promise<number> {
  let sent = 0
  const logger = pino(
    {
      name: 'shop',
      level: 'debug',
      hooks: {
        logMethod(args, method) {
          sent++
          method.apply(this, args)
        },
      },
    },
    pino.multistream(streams.map((stream) => ({ level: 'trace', stream }))),
  )
  await serve(logger, load)
  return sent
}

async function serve(logger: Logger, load: Load): Promise<void> {
  const server = createApp(logger).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  logger.info({ port }, 'shop open')
  const started = performance.now()
  const statuses = await runClient(port, load, (answers) => {
    if (answers % 500 === 0) console.log(`  ${answers} answers`)
  })
  server.close()
  await once(server, 'close')
  logger.info('shop closed')
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`)
  console.log(`  ${counts.join(', ')} in ${Math.round(performance.now() - started)} ms; closing the handlers\n`)
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}
