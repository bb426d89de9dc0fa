import { setImmediate } from 'node:timers/promises'
import { createLogger, format, transports } from 'winston'
import { runPeer } from '../peer.js'
import { bindings, fields, message } from '../record.js'

await runPeer(() => {
  const logger = createLogger({
    defaultMeta: bindings,
    format: format.combine(format.timestamp(), format.json()),
    transports: [new transports.Console()],
  })
  return {
    log: (n) => logger.info(message(n), fields(n)),
    async end() {
      while (logger.writableLength > 0 || logger.readableLength > 0) await setImmediate()
      await new Promise((resolve) => process.stdout.write('', resolve))
    },
  }
})
