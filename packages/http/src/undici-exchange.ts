// Requests over undici, the fastest client that Node has.

import type { Socket } from 'node:net'
import { tlsConnectOptions } from '@pino-handlers/core/net'
import type { Pool } from 'undici'
import type { Exchange, ServerSettings } from './exchange.js'
import { AnswerText } from './wire/answer-text.js'

/** An {@link Exchange} over undici, which is loaded with the first request. Files of `context` are read then. */
export function undiciExchange(server: ServerSettings): Exchange {
  let pool: Promise<Pool> | undefined
  return {
    async request({ method, path, headers, body }, signal) {
      pool ??= connectPool(server)
      const dispatcher = await pool
      const answer = await dispatcher.request({ method, path, headers: headers.flat(), body: body ?? null, signal })
      const text = new AnswerText()
      for await (const chunk of answer.body) text.add(chunk)
      const retryAfter = answer.headers['retry-after']
      return { status: answer.statusCode, retryAfter: [retryAfter].flat()[0], text: text.text }
    },
    destroy() {
      pool?.then((made) => made.destroy()).catch(() => {})
    },
  }
}

async function connectPool(server: ServerSettings): Promise<Pool> {
  const { hostname, port, host, secure, context, getConnection, concurrency } = server
  const { Pool } = await import('undici')
  const origin = `${secure ? 'https' : 'http'}://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`
  // The time that an answer may take is limited by the caller.
  const settings = { connections: concurrency, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 }
  if (!getConnection) return new Pool(origin, { ...settings, connect: context ? tlsConnectOptions(context) : {} })
  return new Pool(origin, {
    ...settings,
    connect(_, done) {
      const socket = getConnection(host, secure)
      whenConnected(socket, secure, (error) => (error ? done(error, null) : done(null, socket)))
    },
  })
}

function whenConnected(socket: Socket, secure: boolean, done: (error?: Error) => void): void {
  if (socket.destroyed) {
    socket.on('error', () => {})
    process.nextTick(done, socket.errored ?? new Error('getConnection has returned a socket that is closed'))
    return
  }
  const isReady = !socket.connecting && !(secure && 'secureConnecting' in socket && socket.secureConnecting === true)
  if (isReady) {
    process.nextTick(done)
    return
  }
  socket.once('error', done)
  socket.once(secure ? 'secureConnect' : 'connect', () => {
    socket.off('error', done)
    done()
  })
}
