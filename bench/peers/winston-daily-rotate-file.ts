import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { createLogger, format } from 'winston'
import DailyRotateFile from 'winston-daily-rotate-file'
import { runPeer } from '../peer.js'
import { bindings, fields, message } from '../record.js'

await runPeer(({ file, caps }) => {
  const transport = new DailyRotateFile({
    filename: file,
    ...(caps && { maxSize: `${caps.maxBytes / 1024}k`, maxFiles: caps.backupCount }),
    // Its list of files is no log.
    auditFile: join(dirname(dirname(file)), 'audit.json'),
  })
  const logger = createLogger({
    defaultMeta: bindings,
    format: format.combine(format.timestamp(), format.json()),
    transports: [transport],
  })
  return {
    log: (n) => logger.info(message(n), fields(n)),
    async end() {
      logger.end()
      // The first one comes before the bytes are written.
      await once(transport, 'finish')
      await once(transport, 'finish')
    },
  }
})
