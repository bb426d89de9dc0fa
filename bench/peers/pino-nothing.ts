// pino without a destination: the least that a record costs the application, and what remains when pino is turned off.

import pino from 'pino'
import { runPeer } from '../peer.js'
import { fields, message } from '../record.js'

await runPeer(({ options }) => {
  const logger = pino({ name: 'app', ...options }, { write() {} })
  return { log: (n) => logger.info(fields(n), message(n)), async end() {} }
})
