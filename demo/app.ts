// The application: a little shop on node:http that logs as one does, at each level and with a child logger per request.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Logger } from 'pino'

/** A server that answers `/orders/<number>` by 200, `/orders/broken` by 500 and everything else by 404. */
export function createApp(logger: Logger): Server {
  let requests = 0
  return createServer((request, response) => handle(request, response, logger.child({ reqId: ++requests })))
}

function handle({ method, url = '/' }: IncomingMessage, response: ServerResponse, log: Logger): void {
  const started = performance.now()
  log.debug({ method, url }, 'request received')
  const answer = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  try {
    const order = findOrder(url)
    if (order) {
      answer(200, order)
      log.info({ order, ms: performance.now() - started }, `order ${order.id} sent to ${order.customer}`)
    } else {
      answer(404, { error: 'not found' })
      log.warn({ method, url }, 'no such order')
    }
  } catch (error) {
    answer(500, { error: 'internal error' })
    log.error(error, 'order could not be read')
  }
}

function findOrder(url: string): { id: number; customer: string } | undefined {
  if (url === '/orders/broken') throw new Error('bad page in table orders', { cause: new Error('checksum mismatch') })
  const id = /^\/orders\/(\d+)$/.exec(url)?.[1]
  return id === undefined ? undefined : { id: Number(id), customer: 'Zoë' }
}
