// Takes what is posted and keeps it until its input ends; then it writes a line for each record. Looking at records has to
// wait for that: it would take the processor from those who are measured.

import { createWriteStream } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { monotonic } from '../measure.js'

const [, , folder = ''] = process.argv
const requests: { headers: IncomingHttpHeaders; chunks: Buffer[] }[] = []
let last = 0

const server = createServer((request, response) => {
  const { headers } = request
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    requests.push({ headers, chunks })
    last = monotonic()
    response.writeHead(200, { 'content-length': 0 }).end()
  })
  // What is cut off is found by what is lost.
  request.on('error', () => {})
})

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  console.log(JSON.stringify({ port }))
})

process.stdin.resume().once('end', () => {
  const file = createWriteStream(join(folder, '0'))
  for (const { headers, chunks } of requests) {
    const body = Buffer.concat(chunks)
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()
    file.write(linesOf(text, headers['content-type'] ?? ''))
  }
  file.end(() => {
    console.log(JSON.stringify({ last }))
    server.closeAllConnections()
    server.close()
  })
})

function linesOf(text: string, type: string): string {
  if (type.startsWith('application/x-www-form-urlencoded')) return `${formMessage(text)}\n`
  if (!type.startsWith('application/json')) return text
  return recordsIn(JSON.parse(text))
    .map((record) => `${JSON.stringify(record)}\n`)
    .join('')
}

// An array, or that of pino-loki.
function recordsIn(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body
  const { streams = [] }: { streams?: readonly { values: readonly unknown[] }[] } = Object(body)
  return streams.flatMap(({ values }) => values)
}

// Python sends what it would make the message of.
function formMessage(text: string): string {
  const form = new URLSearchParams(text)
  const numbers = form.get('args')?.match(/\d+/g) ?? []
  return (form.get('msg') ?? '').replace(/%d/g, () => numbers.shift() ?? '')
}
