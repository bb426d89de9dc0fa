// A process that logs through a queue in pino's worker, and tells its books at the end.

import { once } from 'node:events'
import type { QueueOptions } from '@pino-handlers/queue'
import pino from 'pino'

const { count, ...options }: QueueOptions & { readonly count: number } = JSON.parse(process.argv[2] ?? '')
const transport = pino.transport<QueueOptions>({ target: '@pino-handlers/queue', options })
const logger = pino({ base: { pid: process.pid } }, transport)
let books: unknown

transport.on('stats', (stats: unknown) => {
  books = stats
})
for (let n = 0; n < count; n++) {
  logger.info({ n }, 'an order was taken')
  // As an application does that also answers requests.
  if (n % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 1))
}
// Waiting for a worker's end alone does not keep a process alive on Node 20.
const alive = setInterval(() => {}, 60_000)
transport.end()
await once(transport, 'close')
clearInterval(alive)
process.send?.({ books }, () => process.disconnect())
