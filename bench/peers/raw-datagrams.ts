// The floor for datagrams, a target of pino's worker: each line, with `head` before it, by a connected socket.

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Writable } from 'node:stream'

export default async function rawDatagrams({ port, head = '' }: { port: number; head?: string }): Promise<Writable> {
  const socket = createSocket('udp4')
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let rest = ''
  return new Writable({
    decodeStrings: false,
    write(chunk: string, _, done) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      let waiting = lines.length
      const sent = (error: Error | null): void => {
        if (error) throw error
        if (--waiting === 0) done()
      }
      if (waiting === 0) done()
      for (const line of lines) socket.send(`${head}${line}\n`, sent)
    },
    final(done) {
      socket.close(done)
    },
  })
}
