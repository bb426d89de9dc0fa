// An application that logs through every handler in pino's worker, by name and by target helper, and prints as JSON what
// became of the records. It is run where our packages are installed. Its argument is a folder.

import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Handler } from '@pino-handlers/core'
import { type FileOptions, fileTarget } from '@pino-handlers/file'
import { timedRotatingFile } from '@pino-handlers/timed-rotating-file'
import pino from 'pino'
import { type Destination, destinationsIn } from './destinations.js'
import { logThrough, type Outcome } from './log-through.js'
import type { Ports } from './servers.js'

type Target = pino.TransportSingleOptions

const dir = process.argv[2] ?? ''
const outcomes: Record<string, Outcome> = {}

// A name alone has to be found from the application, or from where our packages are.
await logThroughAll(
  'name',
  (name, options): Target => ({ target: `@pino-handlers/${name}`, options }),
  (filename) => ({ target: '@pino-handlers/file', options: { filename } }),
)
await logThroughAll('helper', targetOf, (filename) => fileTarget({ filename }))

const required: (options: FileOptions) => Handler = createRequire(import.meta.url)('@pino-handlers/file')
outcomes['file by require'] = await throughFile('required.log', required)
// What a cron expression takes is loaded only then.
outcomes.cron = await throughFile('cron.log', (options) => timedRotatingFile({ ...options, cron: '0 0 1 1 *' }))
console.log(JSON.stringify(outcomes))

async function logThroughAll(
  way: string,
  target: (name: string, options: object) => Target | Promise<Target>,
  handOn: (filename: string) => unknown,
): Promise<void> {
  const folder = join(dir, way)
  mkdirSync(folder)
  const servers = new Worker(new URL('./server-thread.js', import.meta.url), { workerData: folder })
  const [ports]: Ports[] = await once(servers, 'message')
  if (!ports) throw new Error('the servers have no ports')
  for (const [name, destination] of Object.entries(destinationsIn(folder, ports, handOn))) {
    const transport = pino.transport(await target(name, destination.options))
    outcomes[`${name} by ${way}`] = await logThrough(transport, destination)
  }
  servers.postMessage('close')
}

async function targetOf(name: string, options: object): Promise<Target> {
  const exported: Record<string, unknown> = await import(`@pino-handlers/${name}`)
  const helper = Object.entries(exported).find(([key]) => key.endsWith('Target'))?.[1]
  if (typeof helper !== 'function') throw new Error(`${name} has no target helper`)
  return Reflect.apply(helper, undefined, [options])
}

function throughFile(name: string, factory: (options: { filename: string }) => Handler): Promise<Outcome> {
  const filename = join(dir, name)
  const destination: Destination = { options: {}, arrived: () => readFileSync(filename, 'utf8') }
  return logThrough(factory({ filename }), destination)
}
