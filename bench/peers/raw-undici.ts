// The limit of batches over HTTP: lines cut into batches of 1000, posted one after the other with nothing but undici. A
// target of pino's worker, and a stream that chunks are written to.

import { createRequire } from 'node:module'
import { Writable } from 'node:stream'

// It is a dependency of the handler, which gives it the same version.
interface Undici {
  Client: new (origin: string) => Client
}

interface Client {
  request(request: object): Promise<{ body: { dump(): Promise<void> } }>
  close(): Promise<void>
}

const { resolve } = createRequire(import.meta.resolve('@pino-handlers/http'))

// With the first batch, as in the handler: it takes a tenth of a second.
async function open(port: number): Promise<Client> {
  const { Client }: Undici = await import(resolve('undici'))
  return new Client(`http://127.0.0.1:${port}`)
}

const LINES = 1000
const HELD = 4 * 1024 * 1024

export default function rawUndici({ port }: { port: number }): Writable {
  let client: Promise<Client> | undefined
  const headers = { 'content-type': 'application/x-ndjson' }
  let text = ''
  let lines = 0

  async function post(body: string): Promise<void> {
    client ??= open(port)
    const answer = await (await client).request({ method: 'POST', path: '/', headers, body })
    await answer.body.dump()
  }

  async function take(chunk: string): Promise<void> {
    let start = 0
    for (let end = chunk.indexOf('\n') + 1; end > 0; end = chunk.indexOf('\n', end) + 1) {
      if (++lines < LINES) continue
      const body = text + chunk.slice(start, end)
      text = ''
      lines = 0
      start = end
      await post(body)
    }
    text += chunk.slice(start)
  }

  return new Writable({
    decodeStrings: false,
    highWaterMark: HELD,
    write: (chunk, _, done) => {
      take(chunk).then(() => done(), done)
    },
    final: (done) => {
      const rest = text === '' ? Promise.resolve() : post(text)
      rest.then(async () => (await client)?.close()).then(() => done(), done)
    },
  })
}
