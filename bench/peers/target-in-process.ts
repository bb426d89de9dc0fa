// A handler of ours that the job names, without a worker.

import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { runPeer } from '../peer.js'
import { throughPino } from '../record.js'

await runPeer(async ({ target = '', options }) => {
  const module: { default: (options: unknown) => Writable } = await import(target)
  const handler = module.default(options)
  return {
    log: throughPino(handler),
    end() {
      handler.end()
      return once(handler, 'close')
    },
  }
})
