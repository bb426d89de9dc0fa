// Small servers on 127.0.0.1 that write down what they hear, for an application that has nothing but our packages and pino.

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'

/** The servers' ports, by the handlers that send there. */
export type Ports = Readonly<Record<'datagram' | 'http' | 'smtp' | 'socket' | 'syslog', number>>

/** Starts them, until `close` is called; each writes to a file in `dir` that has the handler's name. */
export async function startServers(dir: string): Promise<{ readonly ports: Ports; close(): void }> {
  const open: Listener[] = []
  const start = async (name: string, listen: (hear: Hear) => Promise<Listener>): Promise<number> => {
    const listener = await listen((text) => appendFileSync(join(dir, name), text))
    open.push(listener)
    return listener.port
  }
  return {
    ports: {
      datagram: await start('datagram', udpListener),
      http: await start('http', httpListener),
      smtp: await start('smtp', mailListener),
      socket: await start('socket', tcpListener),
      syslog: await start('syslog', udpListener),
    },
    close() {
      for (const listener of open) listener.close()
    },
  }
}

type Hear = (text: string) => void

interface Listener {
  readonly port: number
  close(): void
}

function tcpListener(hear: Hear): Promise<Listener> {
  return listening(createServer(), (server) => {
    server.on('connection', (socket: Socket) => socket.setEncoding('utf8').on('data', hear))
  })
}

async function udpListener(hear: Hear): Promise<Listener> {
  const socket = createSocket('udp4', (message) => hear(message.toString())).bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { port: socket.address().port, close: () => socket.close() }
}

function httpListener(hear: Hear): Promise<Listener> {
  return listening(createHttpServer(), (server) => {
    server.on('request', (request, response) => {
      request.setEncoding('utf8').on('data', hear)
      request.on('end', () => response.end())
    })
  })
}

function mailListener(hear: Hear): Promise<Listener> {
  return listening(createServer(), (server) => {
    server.on('connection', (socket: Socket) => {
      socket.write('220 localhost\r\n')
      let rest = ''
      let isMessage = false
      socket.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\r\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          if (isMessage && line !== '.') hear(`${line}\n`)
          else socket.write(`${answerTo(line)}\r\n`)
          isMessage = isMessage ? line !== '.' : line === 'DATA'
        }
      })
    })
  })
}

function answerTo(command: string): string {
  if (command === 'DATA') return '354 go on'
  return command === 'QUIT' ? '221 bye' : '250 localhost'
}

async function listening(server: Server, serve: (server: Server) => void): Promise<Listener> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
  })
  serve(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
