// A handler of ours that the job names, without a worker and without pino: fed with lines that are made before.

import type { Writable } from 'node:stream'
import { feed, premadeChunks } from '../chunks.js'
import { measured } from '../peer.js'
import { line } from '../record.js'
import { report } from '../report.js'

await report(async ({ target = '', records, options }) => {
  const chunks = premadeChunks(records, line)
  const module: { default: (options: unknown) => Writable } = await import(target)
  const handler = module.default(options)
  return measured(records, async () => {
    await feed(handler, chunks)
    return {}
  })
})
