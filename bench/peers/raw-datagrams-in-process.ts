// The same without a worker: each line as pino makes it.

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { runPeer } from '../peer.js'
import { throughPino } from '../record.js'

await runPeer(async ({ options }) => {
  const socket = createSocket('udp4')
  socket.connect(Number(options?.port), '127.0.0.1')
  await once(socket, 'connect')
  let waiting = 1
  let end: (() => void) | undefined
  const sent = (): void => {
    if (--waiting === 0) end?.()
  }
  return {
    log: throughPino({
      write(line: string) {
        waiting++
        socket.send(line, sent)
      },
    }),
    async end() {
      const ended = new Promise<void>((resolve) => {
        end = resolve
      })
      sent()
      await ended
      socket.close()
    },
  }
})
