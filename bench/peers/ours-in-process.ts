import { once } from 'node:events'
import file from '@pino-handlers/file'
import { runPeer } from '../peer.js'
import { throughPino } from '../record.js'

await runPeer(({ file: filename, options }) => {
  const handler = file({ filename, ...options })
  return {
    log: throughPino(handler),
    end() {
      handler.end()
      return once(handler, 'close')
    },
  }
})
