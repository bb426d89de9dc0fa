// A web server that is too busy for the first two requests, and appends what is in the others to the file that it is given.

import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { workerData } from 'node:worker_threads'
import { gunzipSync } from 'node:zlib'
import { tellPort } from './port.js'

const BUSY = 2

let requests = 0
const server = createServer(async (request, response) => {
  const body = await buffer(request)
  const isBusy = ++requests <= BUSY
  if (!isBusy) appendFileSync(workerData, request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body)
  response.writeHead(isBusy ? 503 : 204).end()
})

tellPort(server.listen(0, '127.0.0.1'))
