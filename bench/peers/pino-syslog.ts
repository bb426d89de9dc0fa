// pino-syslog before pino-socket, as its readme has it.

import { once } from 'node:events'
import pino from 'pino'
import { runPeer } from '../peer.js'
import { throughPino } from '../record.js'

await runPeer(async ({ options }) => {
  const stream = pino.transport({
    pipeline: [
      { target: 'pino-syslog', options: { appname: 'app', newline: options?.mode === 'tcp' } },
      { target: 'pino-socket', options: { ...options } },
    ],
  })
  await once(stream, 'ready')
  return {
    log: throughPino(stream),
    end() {
      stream.end()
      return once(stream, 'close')
    },
  }
})
