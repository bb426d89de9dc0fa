// Requests whose bytes are exactly those that they are given, which Node's clients do not do: undici adds headers of its
// own, and node:http takes several times as long for a request.

import { connect, isIP, type Socket } from 'node:net'
import { toError } from '@pino-handlers/core'
import { tlsConnectOptions, tlsModule } from '@pino-handlers/core/net'
import type { Exchange, ServerSettings } from './exchange.js'
import { AnswerReader, brokenOff, type ReadAnswer } from './wire/answer-reader.js'
import type { HttpAnswer, HttpRequest } from './wire/message.js'

/** An {@link Exchange} over connections that are used again. Their files of `context` are read at each connection. */
export function exactExchange(server: ServerSettings): Exchange {
  const open = new Set<KeptConnection>()
  const idle: KeptConnection[] = []

  function connectionTo(): KeptConnection {
    const connection = new KeptConnection(openSocket(server), () => {
      open.delete(connection)
      const at = idle.indexOf(connection)
      if (at !== -1) idle.splice(at, 1)
    })
    open.add(connection)
    return connection
  }

  return {
    async request(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
      signal.throwIfAborted()
      const connection = idle.pop() ?? connectionTo()
      const answer = await connection.ask(request, signal)
      if (connection.isUsable) idle.push(connection)
      return answer
    },
    destroy() {
      for (const connection of open) connection.destroy()
    },
  }
}

interface Waiting {
  readonly reader: AnswerReader
  answered(answer: ReadAnswer): void
  failed(error: Error): void
}

/** A connection that has one request at a time, and keeps no process alive without one. */
class KeptConnection {
  readonly #socket: Socket
  #waiting: Waiting | undefined
  isUsable = true

  constructor(socket: Socket, closed: () => void) {
    this.#socket = socket
    socket.on('data', (bytes) => this.#take((reader) => reader.push(bytes)))
    socket.on('end', () => this.#take((reader) => reader.end()))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => {
      this.#fail(brokenOff())
      closed()
    })
  }

  ask({ method, path, headers, body = '' }: HttpRequest, signal: AbortSignal): Promise<ReadAnswer> {
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const head = `${method} ${path} HTTP/1.1\r\n${lines}\r\n`
    const socket = this.#socket.ref()
    return new Promise((resolve, reject) => {
      const abort = (): void => this.#fail(signal.reason)
      signal.addEventListener('abort', abort)
      const settle = (): void => signal.removeEventListener('abort', abort)
      this.#waiting = {
        reader: new AnswerReader(),
        answered: (answer) => {
          settle()
          resolve(answer)
        },
        failed: (error) => {
          settle()
          reject(error)
        },
      }
      if (typeof body === 'string' && isAscii(body)) {
        socket.write(head + body, 'latin1')
      } else {
        socket.write(head, 'latin1')
        socket.write(body)
      }
    })
  }

  destroy(): void {
    this.isUsable = false
    this.#socket.destroy()
  }

  // What nobody has asked for is no answer.
  #take(read: (reader: AnswerReader) => ReadAnswer | undefined): void {
    const waiting = this.#waiting
    if (!waiting) {
      this.destroy()
      return
    }
    try {
      const answer = read(waiting.reader)
      if (answer) this.#answered(waiting, answer)
    } catch (error) {
      this.#fail(error)
    }
  }

  // An answer to a request that has not left in full is one to its beginning.
  #answered(waiting: Waiting, answer: ReadAnswer): void {
    this.#waiting = undefined
    if (answer.keepsOpen && this.#socket.writableLength === 0) this.#socket.unref()
    else this.destroy()
    waiting.answered(answer)
  }

  #fail(error: unknown): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    this.destroy()
    waiting?.failed(toError(error))
  }
}

// Nearly all are, and head and body then go in one write.
function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length
}

function openSocket({ hostname, port, host, secure, context, getConnection }: ServerSettings): Socket {
  if (getConnection) return getConnection(host, secure)
  if (!secure) return connect({ host: hostname, port, noDelay: true })
  const name = isIP(hostname) ? {} : { servername: hostname }
  const tls = context ? tlsConnectOptions(context) : {}
  return tlsModule()
    .connect({ host: hostname, port, ALPNProtocols: ['http/1.1'], ...name, ...tls })
    .setNoDelay()
}
