import { configure, dispose, getLogger } from '@logtape/logtape'
import { getSyslogSink } from '@logtape/syslog'
import { runPeer } from '../peer.js'
import { bindings, fields, message } from '../record.js'

await runPeer(async ({ options }) => {
  const syslog = getSyslogSink({ appName: bindings.name, includeStructuredData: true, ...options })
  await configure({
    sinks: { syslog },
    loggers: [
      { category: bindings.name, sinks: ['syslog'], lowestLevel: 'info' },
      { category: ['logtape', 'meta'], sinks: [], lowestLevel: 'error' },
    ],
  })
  const logger = getLogger(bindings.name)
  return {
    log: (n) => logger.info(message(n), { ...fields(n) }),
    end: dispose,
  }
})
