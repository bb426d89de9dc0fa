// Records over a stream: TCP, TLS, a Unix socket or a Windows pipe.

import {
  bytes,
  type Checks,
  type CommonJs,
  type CommonOptions,
  commonChecks,
  commonDefaults,
  flag,
  Handler,
  HandlerOptionError,
  type OptionTable,
  type OutboxOptions,
  optionTable,
  outboxChecks,
  outboxDefaults,
  type Resolved,
  resolveOptions,
  type Size,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'
import {
  addressOf,
  hostCheck,
  portCheck,
  type RetryOptions,
  retryChecks,
  retryDefaults,
  Sender,
  type StreamClientOptions,
  streamClient,
  streamClientChecks,
  streamClientDefaults,
  type TlsOptions,
  tlsCheck,
} from '@pino-handlers/core/net'
import { type WireFormat, type WireOptions, wireChecks, wireDefaults, wireFormat } from '@pino-handlers/core/wire'

/** Options of {@link socket}. */
export interface SocketOptions extends CommonOptions, WireOptions, OutboxOptions, RetryOptions, StreamClientOptions {
  /** The server's name or address; with port null the path of its Unix socket, on Windows of its pipe. Python: `host`. */
  host: string
  /** The server's port, or null. Python: `port`. */
  port: number | null
  /** Secure the connection: true, or what there is to say about it. Not in Python. */
  tls?: boolean | TlsOptions
  /** Close the connection when a record cannot be made into bytes; the next record opens it again. Python: `SocketHandler.closeOnError`. */
  closeOnError?: boolean
  /** Bytes to keep after they were sent, and to send again when the connection breaks. Not in Python. */
  resendWindow?: Size
}

const checks = {
  host: hostCheck,
  port: portCheck,
  ...wireChecks,
  tls: tlsCheck,
  closeOnError: flag,
  ...retryChecks,
  ...streamClientChecks,
  resendWindow: bytes,
  ...outboxChecks,
  ...commonChecks,
} satisfies Checks<SocketOptions>

const defaults = {
  ...wireDefaults,
  tls: false as const,
  closeOnError: false,
  ...retryDefaults,
  ...streamClientDefaults,
  resendWindow: 0,
  ...outboxDefaults,
  ...commonDefaults,
}

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)

/**
 * Sends records to a server, as pickles for Python's, as JSON or as lines. It connects with the first record; what cannot
 * be sent waits within bounds. Times are seconds, sizes are bytes. Throws a HandlerOptionError for a wrong option.
 * Python: `logging.handlers.SocketHandler`.
 */
export default function socket(options: SocketOptions): Handler {
  const { settings, format } = resolve(options)
  const { host, port, tls, closeOnError } = settings
  const client = streamClient({ ...settings, address: addressOf(host, port), tls })
  const readsRecords = settings.format === 'pickle'
  return new Handler({ name: 'socket', settings, readsRecords }, (monitor) => {
    const sender = new Sender(client, encode, { ...settings, resent: format.resent }, monitor)
    function encode(...[batch, onInvalid]: Parameters<typeof format.stream>): ReturnType<typeof format.datagrams> {
      const part = format.stream(batch, (error) => {
        onInvalid(error)
        if (closeOnError) sender.disconnect()
      })
      return part.count === 0 ? [] : [part]
    }
    return sender
  })
}

/** {@link socket} as a target of `pino.transport()`, with options that are checked at once. */
export function socketTarget(options: SocketOptions, level?: string): WorkerTarget {
  return workerTarget('socket', import.meta.url, { options, level }, () => resolve(options))
}

function resolve(options: SocketOptions): {
  readonly settings: Resolved<typeof checks, typeof defaults>
  readonly format: WireFormat
} {
  const settings = resolveOptions('socket', checks, defaults, options)
  const format = wireFormat('socket', settings)
  if (settings.tls && settings.port === null)
    throw new HandlerOptionError('[socket] option "tls" has no meaning with port null: a Unix socket is not secured')
  return { settings, format }
}

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof socket, typeof import('./index.js')> = Object.assign(socket, {
  socket,
  socketTarget,
  options,
})

export { commonJs as 'module.exports', socket }
