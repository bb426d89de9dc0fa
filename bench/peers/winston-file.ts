import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { createLogger, format, transports } from 'winston'
import { runPeer } from '../peer.js'
import { bindings, fields, message } from '../record.js'

// As Python's '%(asctime)s %(levelname)s %(name)s %(message)s'.
const text = format.combine(
  format.timestamp({ format: 'YYYY-MM-DD HH:mm:ss,SSS' }),
  format.printf(({ timestamp, level, name, message }) => `${timestamp} ${level.toUpperCase()} ${name} ${message}`),
)
const json = format.combine(format.timestamp(), format.json())

await runPeer(async ({ file, formatted }) => {
  const transport = new transports.File({ filename: file })
  await once(transport, 'open')
  const logger = createLogger({ defaultMeta: bindings, format: formatted ? text : json, transports: [transport] })
  return {
    log: (n) => logger.info(message(n), fields(n)),
    async end() {
      // It ends its transports before it has given them what still waits, which fails with "write after end".
      while (logger.writableLength > 0 || logger.readableLength > 0) await setImmediate()
      logger.end()
      await once(transport, 'finish')
    },
  }
})
