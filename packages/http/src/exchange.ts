// A way to have requests answered.

import type { Socket } from 'node:net'
import type { TlsSettings } from '@pino-handlers/core/net'
import type { HttpAnswer, HttpRequest } from './wire/message.js'

/** Makes requests over connections that it keeps. */
export interface Exchange {
  /** Resolves with the answer; rejects when there is none, at the latest when `signal` aborts. */
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>
  /** Lets go of all connections. */
  destroy(): void
}

/** Makes the connections instead of this package, as through a proxy; the socket may still be connecting. Python: `HTTPHandler.getConnection`. */
export type GetConnection = (host: string, secure: boolean) => Socket

/** Where an {@link Exchange} connects to. */
export interface ServerSettings {
  /** Name or address, without a port. */
  readonly hostname: string
  readonly port: number
  /** As the option `host` has it. */
  readonly host: string
  readonly secure: boolean
  readonly context: TlsSettings | undefined
  readonly getConnection: GetConnection | undefined
  /** Most connections at a time. */
  readonly concurrency: number
}
