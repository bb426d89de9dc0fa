import { once } from 'node:events'
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
    end() {
      logger.end()
      return once(transport, 'finish')
    },
  }
})
