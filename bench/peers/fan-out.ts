// One logger to several files, by our listener or by pino's own targets; every tenth record is a warning.

import { once } from 'node:events'
import pino from 'pino'
import { runPeer } from '../peer.js'
import { fields, message } from '../record.js'

interface Target {
  readonly target: string
  readonly options: object
  readonly level?: string
}

await runPeer(async ({ handler, options = {} }) => {
  const targets = options.targets as Target[]
  const stream =
    handler === 'queue-listener'
      ? pino.transport({ target: '@pino-handlers/queue-listener', options: { handlers: targets } })
      : pino.transport({ targets })
  await once(stream, 'ready')
  const logger = pino({ name: 'app', level: 'trace' }, stream)
  return {
    log: (n) => logger[n % 10 === 0 ? 'warn' : 'info'](fields(n), message(n)),
    end() {
      stream.end()
      return once(stream, 'close')
    },
  }
})
