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

await runPeer(({ options }) => {
  log4js.configure({
    appenders: { tcp: { type: 'tcp', layout: { type: 'json' }, ...options } },
    categories: { default: { appenders: ['tcp'], level: 'info' } },
  })
  const logger = log4js.getLogger()
  return {
    log: (n) => logger.info(fields(n), message(n)),
    end: () => promisify(log4js.shutdown)(),
  }
})
