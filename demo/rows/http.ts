// @pino-handlers/http: compressed batches to a server that is busy at first, and Python's forms of what went wrong.

import { join } from 'node:path'
import type { HttpOptions } from '@pino-handlers/http'
import type { Row } from '../row.js'
import { startServer } from '../server-thread.js'
import { countRecords } from './count.js'

export const httpBatches: Row = {
  handler: 'http, its server busy first',
  async start(dir) {
    const filename = join(dir, 'http-batches.log')
    const { port, stop } = await startServer('batches', filename)
    const host = `127.0.0.1:${port}`
    const options: HttpOptions = { host, url: '/logs', format: 'ndjson', gzip: true, retryStart: 0.1 }
    return {
      target: { target: '@pino-handlers/http', options },
      where: filename,
      verify: () => countRecords(filename),
      stop,
    }
  },
}

export const httpForms: Row = {
  handler: 'http, warnings as forms',
  async start(dir) {
    const filename = join(dir, 'http-forms.txt')
    const { port, stop } = await startServer('forms', filename)
    const options: HttpOptions = { host: `127.0.0.1:${port}`, url: '/log', method: 'POST', level: 'warn' }
    return {
      target: { target: '@pino-handlers/http', options },
      where: filename,
      verify: () => countRecords(filename, /^POST /gm),
      stop,
    }
  },
}
