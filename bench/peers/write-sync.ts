// The floor: the same bytes in large blocks.

import { closeSync, openSync, writeSync } from 'node:fs'
import { runPeer } from '../peer.js'
import { premade } from '../record.js'

const BLOCK = 64 * 1024

await runPeer(({ file, records }) => {
  const lines = premade(records)
  const fd = openSync(file, 'a')
  let block = ''
  return {
    log(n) {
      block += lines[n]
      if (block.length < BLOCK) return
      writeSync(fd, block)
      block = ''
    },
    async end() {
      writeSync(fd, block)
      closeSync(fd)
    },
  }
})
