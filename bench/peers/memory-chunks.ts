// What the memory handler costs in the worker, without pino in front: in this process, fed with lines that are made before.

import type { Writable } from 'node:stream'
import { feed, premadeChunks } from '../chunks.js'
import { logMemoryLoad, memoryLoad } from '../memory-load.js'
import { measured } from '../peer.js'
import { report } from '../report.js'

await report(async (job) => {
  const { target = '', records, options } = job
  const module: { default: (options: unknown) => Writable } = await import(target)
  let line = ''
  const write = (text: string): void => {
    line = text
  }
  const log = logMemoryLoad({ write }, memoryLoad(job))
  const chunks = premadeChunks(records, (n) => {
    log(n)
    return line
  })
  // Twice for the compiler, once for the clock.
  for (let time = 0; time < 2; time++) {
    await feed(module.default({ ...options, target: { target: '@pino-handlers/null' } }), chunks)
  }
  const handler = module.default(options)
  return measured(records, async () => {
    await feed(handler, chunks)
    return {}
  })
})
