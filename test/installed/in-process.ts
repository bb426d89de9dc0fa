// An application that logs through every handler in its own thread, and prints as JSON what became of the records. It is
// run as a bundle, and where packages are installed. Its argument is a folder.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Handler } from '@pino-handlers/core'
import datagram from '@pino-handlers/datagram'
import file from '@pino-handlers/file'
import http from '@pino-handlers/http'
import memory from '@pino-handlers/memory'
import ntEventlog from '@pino-handlers/nt-eventlog'
import nullHandler from '@pino-handlers/null'
import queue from '@pino-handlers/queue'
import queueListener from '@pino-handlers/queue-listener'
import rotatingFile from '@pino-handlers/rotating-file'
import smtp from '@pino-handlers/smtp'
import socket from '@pino-handlers/socket'
import stream from '@pino-handlers/stream'
import syslog from '@pino-handlers/syslog'
import timedRotatingFile from '@pino-handlers/timed-rotating-file'
import watchedFile from '@pino-handlers/watched-file'
import { destinationsIn } from './destinations.js'
import { logThrough, type Outcome } from './log-through.js'
import { startServers } from './servers.js'

const factories: Readonly<Record<string, (options: never) => Handler>> = {
  datagram,
  file,
  http,
  memory,
  'nt-eventlog': ntEventlog,
  null: nullHandler,
  queue,
  'queue-listener': queueListener,
  'rotating-file': rotatingFile,
  smtp,
  socket,
  stream,
  syslog,
  'timed-rotating-file': timedRotatingFile,
  'watched-file': watchedFile,
}

// Bundles that are CommonJS have no await at the top.
async function main(dir: string): Promise<void> {
  const servers = await startServers(dir)
  const destinations = destinationsIn(dir, servers.ports, (filename) => file({ filename }))
  const outcomes: [string, Outcome][] = []
  for (const [name, factory] of Object.entries(factories)) {
    const destination = destinations[name]
    if (!destination) throw new Error(`${name} has no destination`)
    const handler: Handler = Reflect.apply(factory, undefined, [destination.options])
    outcomes.push([name, await logThrough(handler, destination)])
  }
  outcomes.push(['queue in memory', await logThroughMemoryQueue(dir)])
  servers.close()
  console.log(JSON.stringify(Object.fromEntries(outcomes)))
}

async function logThroughMemoryQueue(dir: string): Promise<Outcome> {
  const filename = join(dir, 'listened.log')
  const memoryQueue = { type: 'memory', name: 'app' } as const
  const listener = queueListener({ queue: memoryQueue, handlers: [file({ filename })] })
  await listener.start()
  const outcome = await logThrough(queue({ queue: memoryQueue }), {
    options: {},
    arrived: () => readFileSync(filename, 'utf8'),
  })
  await listener[Symbol.asyncDispose]()
  return outcome
}

main(process.argv[2] ?? '')
