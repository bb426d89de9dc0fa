// A server of node:http that answers by a script.

import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { Handler } from '@pino-handlers/core'
import http, { type HttpOptions } from '@pino-handlers/http'
import { closed } from './closed.js'

/** A request, with its body as text, unpacked. */
export interface Heard {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** An answer. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What to answer to a request, the `index`th; undefined when it sees to that itself. */
export type Script = (heard: Heard, index: number, response: ServerResponse) => Reply | undefined

/** Pauses that a test can wait for. */
export const QUICK = { retryStart: 0.01, retryMax: 0.02 } as const

/** A server's address, and what it has heard. */
export interface Scripted {
  readonly host: string
  readonly heard: Heard[]
}

/** Starts a server on 127.0.0.1, until the test ends. */
export async function scripted(t: Pick<TestContext, 'after'>, script: Script): Promise<Scripted> {
  const heard: Heard[] = []
  const server = createServer(answering(script, heard))
  const port = await listening(t, server)
  return { host: `127.0.0.1:${port}`, heard }
}

/** What a server of node:http or node:https calls for each request; it puts what it has heard into `heard`. */
export function answering(
  script: Script,
  heard: Heard[],
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const bytes = Buffer.concat(chunks)
      const { method = '', url = '', headers } = request
      const body = headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
      const one = { method, url, headers, body: String(body) }
      const reply = script(one, heard.push(one) - 1, response)
      if (reply) response.writeHead(reply.status, { ...reply.headers }).end(reply.body)
    })
  }
}

/** Listens on 127.0.0.1 until the test ends, on `port` or any; returns which. */
export async function listening(t: Pick<TestContext, 'after'>, server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

/** Logs the texts and ends; the handler, when it has closed with its books balanced. */
export async function send(options: HttpOptions, ...texts: readonly string[]): Promise<Handler> {
  // A machine that is busy with other tests may need its time.
  const handler = http({ closeTimeout: 9.9, ...options })
  for (const text of texts) handler.write(text)
  await closed(handler)
  return handler
}
