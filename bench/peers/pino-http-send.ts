// pino's lines through a pipe to the program, as its readme has it.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { runPeer } from '../peer.js'
import { throughPino } from '../record.js'

const program = fileURLToPath(import.meta.resolve('pino-http-send/dist/bin.js'))

await runPeer(({ options = {} }) => {
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
  const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'inherit', 'inherit'] })
  return {
    log: throughPino(child.stdin),
    end() {
      child.stdin.end()
      return once(child, 'exit')
    },
  }
})
