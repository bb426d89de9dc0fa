import { once } from 'node:events'
import pino from 'pino'
import { runPeer } from '../peer.js'
import { throughPino } from '../record.js'

await runPeer(async ({ file, options }) => {
  const stream = pino.destination({ dest: file, ...options })
  await once(stream, 'ready')
  return {
    log: throughPino(stream),
    end() {
      stream.end()
      return once(stream, 'close')
    },
  }
})
