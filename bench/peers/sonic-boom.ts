// What pino/file writes with, given lines that are made already.

import { once } from 'node:events'
import sonicBoom from 'sonic-boom'
import { runPeer } from '../peer.js'
import { premade } from '../record.js'

await runPeer(async ({ file, records }) => {
  const lines = premade(records)
  const stream = new sonicBoom.SonicBoom({ dest: file, sync: false })
  await once(stream, 'ready')
  return {
    log: (n) => stream.write(lines[n] ?? ''),
    end() {
      stream.end()
      return once(stream, 'close')
    },
  }
})
