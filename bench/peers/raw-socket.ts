// The floor for streams, a target of pino's worker: chunks to a net.Socket as they come.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export default async function rawSocket({ port }: { port: number }): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').resume()
  await once(socket, 'connect')
  return socket
}
