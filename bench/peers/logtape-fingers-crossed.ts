// LogTape's flight recorder in front of a file, whose lines are written when they are 64 KiB.

import { closeSync, openSync, writeSync } from 'node:fs'
import { configure, dispose, fingersCrossed, getJsonLinesFormatter, getLogger, type Sink } from '@logtape/logtape'
import { CAPACITY, memoryLoad } from '../memory-load.js'
import { runPeer } from '../peer.js'
import { bindings, message } from '../record.js'

const SIZE = 64 * 1024

await runPeer(async (job) => {
  const fd = openSync(job.file, 'a')
  const format = getJsonLinesFormatter()
  let text = ''
  const write = (): void => {
    if (text !== '') writeSync(fd, text)
    text = ''
  }
  const file: Sink = (record) => {
    text += format(record)
    if (text.length >= SIZE) write()
  }
  await configure({
    sinks: { file: fingersCrossed(file, { triggerLevel: 'error', maxBufferSize: CAPACITY }) },
    loggers: [
      { category: bindings.name, sinks: ['file'], lowestLevel: 'info' },
      { category: ['logtape', 'meta'], sinks: [], lowestLevel: 'error' },
    ],
  })
  const logger = getLogger(bindings.name)
  const load = memoryLoad(job)
  return {
    log: (n) => logger[load.isError(n) ? 'error' : 'info'](message(n), { ...load.fields(n) }),
    async end() {
      await dispose()
      write()
      closeSync(fd)
    },
  }
})
