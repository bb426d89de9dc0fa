import { promisify } from 'node:util'
import log4js from 'log4js'
import { runPeer } from '../peer.js'
import { bindings, fields, message } from '../record.js'

log4js.addLayout(
  'json',
  () =>
    ({ startTime, level, data: [fields, msg] }) =>
      JSON.stringify({ level: level.level, time: startTime.getTime(), ...bindings, ...fields, msg }),
)

await runPeer(({ file, caps }) => {
  log4js.configure({
    appenders: {
      file: {
        type: 'file',
        filename: file,
        maxLogSize: caps?.maxBytes,
        backups: caps?.backupCount,
        layout: { type: 'json' },
      },
    },
    categories: { default: { appenders: ['file'], level: 'info' } },
  })
  const logger = log4js.getLogger()
  return {
    log: (n) => logger.info(fields(n), message(n)),
    end: () => promisify(log4js.shutdown)(),
  }
})
