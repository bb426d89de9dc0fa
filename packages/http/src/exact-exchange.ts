// Requests whose header lines go out exactly as they are given, which undici does not do: it adds its own in lower case.

import { Agent, type ClientRequest, type IncomingMessage, request as startRequest } from 'node:http'
import { tlsConnectOptions } from '@pino-handlers/core/net'
import { AnswerText, type Exchange, type ServerSettings } from './exchange.js'
import type { HttpAnswer, HttpRequest } from './wire/message.js'

type Https = typeof import('node:https')

/** An {@link Exchange} over node:http or node:https. Files of `context` are read when it is made. */
export function exactExchange(server: ServerSettings): Exchange {
  const { hostname, port, host, secure, context, getConnection, concurrency } = server
  const settings = { keepAlive: true, maxSockets: concurrency }
  // Most servers for logs are near: TLS is loaded when it is needed.
  const https: Https | undefined = secure ? process.getBuiltinModule('node:https') : undefined
  const agent = https ? new https.Agent(settings) : new Agent(settings)
  if (getConnection) Object.assign(agent, { createConnection: () => getConnection(host, secure) })
  const start = https ? https.request : startRequest
  const tls = context ? tlsConnectOptions(context) : {}

  return {
    request({ method, path, headers, body }, signal) {
      const request = start({ ...tls, agent, host: hostname, port, method, path, setHost: false, signal })
      for (const [name, value] of headers) request.setHeader(name, value)
      // Node adds it otherwise; a connection of HTTP/1.1 is kept without it.
      request.removeHeader('Connection')
      return answerOf(request, body)
    },
    destroy: () => agent.destroy(),
  }
}

function answerOf(request: ClientRequest, body: HttpRequest['body']): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    request.on('error', reject)
    request.on('response', (response: IncomingMessage) => {
      const answer = new AnswerText()
      response.on('data', (chunk: Uint8Array) => answer.add(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode = 0, headers } = response
        resolve({ status: statusCode, retryAfter: headers['retry-after'], text: answer.text })
      })
    })
    request.end(body)
  })
}
