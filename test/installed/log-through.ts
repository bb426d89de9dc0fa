// Logs through a stream and tells what became of it.

import type { Stats } from '@pino-handlers/core'
import pino from 'pino'
import type { Destination } from './destinations.js'

/** How many records a handler had received and delivered when it closed, and how many are found at its destination. */
export interface Outcome {
  readonly received: number | undefined
  readonly delivered: number | undefined
  readonly arrived: number | undefined
}

interface Stream extends pino.DestinationStream {
  end(): unknown
  on(event: 'stats', listener: (stats: Stats) => void): unknown
  on(event: 'close', listener: () => void): unknown
}

const TEXT = 'a record of the application'
const COUNT = 3

/** Logs three records through `stream`, ends it, and waits until what it has delivered has arrived. */
export async function logThrough(stream: Stream, { arrived }: Destination): Promise<Outcome> {
  let stats: Stats | undefined
  stream.on('stats', (last) => {
    stats = last
  })
  const closed = new Promise<void>((resolve) => stream.on('close', resolve))
  const logger = pino({}, stream)
  for (let n = 0; n < COUNT; n++) logger.info({ n }, TEXT)
  stream.end()
  // pino's worker does not keep the process alive.
  const alive = setInterval(() => {}, 1000)
  await closed
  // Datagrams may still be on their way.
  while (arrived && stats?.delivered === COUNT && count(arrived()) < COUNT)
    await new Promise((resolve) => setTimeout(resolve, 10))
  clearInterval(alive)
  return { received: stats?.received, delivered: stats?.delivered, arrived: arrived && count(arrived()) }
}

function count(text: string): number {
  return text.split(TEXT).length - 1
}
