import { once } from 'node:events'
import { basename, dirname } from 'node:path'
import pino from 'pino'
import { createStream } from 'rotating-file-stream'
import { runPeer } from '../peer.js'
import { throughPino } from '../record.js'

await runPeer(async ({ file, caps }) => {
  const stream = createStream(basename(file), {
    path: dirname(file),
    size: `${caps?.maxBytes ?? 0}B`,
    rotate: caps?.backupCount ?? 0,
  })
  await once(stream, 'open')
  return {
    log: throughPino(pino.multistream([{ stream }])),
    end() {
      stream.end()
      return once(stream, 'finish')
    },
  }
})
