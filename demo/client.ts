// The client: a bounded number of requests over a few connections that are kept alive.

import { Agent, get } from 'node:http'

/** How much to ask for. */
export interface Load {
  readonly requests: number
  readonly connections: number
  /** No new request is made after it. */
  readonly signal: AbortSignal
}

/** Makes the requests, telling the number of answers so far at each; resolves to the number of answers by their status. */
export async function runClient(
  port: number,
  { requests, connections, signal }: Load,
  onAnswer: (answers: number) => void,
): Promise<ReadonlyMap<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const statuses = new Map<number, number>()
  let asked = 0
  let answers = 0
  const ask = async (): Promise<void> => {
    while (asked < requests && !signal.aborted) {
      const status = await request(agent, port, pathOf(++asked))
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      onAnswer(++answers)
    }
  }
  await Promise.all(Array.from({ length: connections }, ask))
  agent.destroy()
  return statuses
}

function pathOf(request: number): string {
  if (request % 50 === 0) return '/orders/broken'
  return request % 20 === 0 ? `/order/${request}` : `/orders/${request}`
}

function request(agent: Agent, port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ agent, host: '127.0.0.1', port, path }, (response) => {
      response
        .resume()
        .on('end', () => resolve(response.statusCode ?? 0))
        .on('error', reject)
    }).on('error', reject)
  })
}
