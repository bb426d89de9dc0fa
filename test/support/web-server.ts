// A web server that keeps the lines of what is posted to it; and what it keeps, by the folder of a test.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { until } from './until.js'

const received = new Map<string, string[]>()

/** Starts a server for the folder of a test, on 127.0.0.1 until that ends, and returns its address and port. */
export async function startWebServer(t: Pick<TestContext, 'after'>, dir: string): Promise<string> {
  const lines: string[] = []
  received.set(dir, lines)
  const server = createServer((request, response) => {
    text(request).then(
      (body) => {
        lines.push(...body.split(/(?<=\n)/))
        response.end()
      },
      () => response.destroy(),
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => {
    received.delete(dir)
    server.closeAllConnections()
    server.close()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The lines that the server of a folder has got, once there are `count` of them. */
export async function linesPosted(dir: string, count: number): Promise<readonly string[]> {
  const lines = received.get(dir) ?? []
  await until(() => lines.length >= count, 60_000)
  return lines
}
