import { setImmediate } from 'node:timers/promises'
import { createLogger, format, transports } from 'winston'
import { runPeer } from '../peer.js'
import { bindings, fields, message } from '../record.js'

await runPeer(({ options }) => {
  const transport = new transports.Http({ ...options })
  const logger = createLogger({
    defaultMeta: bindings,
    format: format.combine(format.timestamp(), format.json()),
    transports: [transport],
  })
  return {
    log: (n) => logger.info(message(n), fields(n)),
    // Its requests keep the process alive, and the receiver knows when the last one came. Ended, it would lose what waits.
    async end() {
      while (logger.writableLength + logger.readableLength + transport.writableLength > 0) await setImmediate()
    },
  }
})
