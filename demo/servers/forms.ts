// A web server that appends each request to the file that it is given, as it arrived.

import { appendFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { workerData } from 'node:worker_threads'
import { tellPort } from './port.js'

const server = createServer(async (request, response) => {
  appendFileSync(workerData, `${headOf(request)}\n\n${await text(request)}\n\n`)
  response.end()
})

tellPort(server.listen(0, '127.0.0.1'))

function headOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  const headers = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? `${name}: ${rawHeaders[at + 1]}` : []))
  return [`${method} ${url} HTTP/${httpVersion}`, ...headers].join('\n')
}
