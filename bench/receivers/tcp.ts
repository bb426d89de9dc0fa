// Takes what comes over TCP and keeps it until its input ends and all have hung up; then it writes a file for each
// connection. Looking at records has to wait for that: it would take the processor from those who are measured.

import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { monotonic } from '../measure.js'

const [, , folder = ''] = process.argv
const connections: Buffer[][] = []
let last = 0

const server = createServer((socket) => {
  const chunks: Buffer[] = []
  connections.push(chunks)
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    last = monotonic()
  })
  // Who is cut off is found by what is lost.
  socket.on('error', () => {})
})

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  console.log(JSON.stringify({ port }))
})

process.stdin.resume().once('end', () => {
  server.close(() => {
    for (const [n, chunks] of connections.entries()) writeFileSync(join(folder, `${n}`), Buffer.concat(chunks))
    console.log(JSON.stringify({ last }))
  })
})
