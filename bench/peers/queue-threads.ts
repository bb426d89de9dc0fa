// A queue in memory from this thread to a listener in pino's worker.

import { once } from 'node:events'
import queue from '@pino-handlers/queue'
import pino from 'pino'
import { feed, premadeChunks } from '../chunks.js'
import { measured } from '../peer.js'
import { line } from '../record.js'
import { report } from '../report.js'

await report(async ({ records, file: filename }) => {
  const chunks = premadeChunks(records, line)
  const memory = { type: 'memory', name: 'bench' }
  const handlers = [{ target: '@pino-handlers/file', options: { filename } }]
  const listener = pino.transport({ target: '@pino-handlers/queue-listener', options: { queue: memory, handlers } })
  await once(listener, 'ready')
  const handler = queue({ queue: memory })
  const figures = await measured(records, async () => {
    await feed(handler, chunks)
    return {}
  })
  listener.end()
  await once(listener, 'close')
  return figures
})
