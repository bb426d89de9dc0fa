// A Unix socket that may be one of datagrams or one of streams: which, nobody knows before it is there.

import { toError } from '../errors.js'
import type { Client, Connection, ConnectionListener, Part } from './client.js'
import { streamClient } from './stream-client.js'
import type { StreamSettings } from './stream-options.js'
import { checkUnixDatagram, type UnixDatagramTarget, unixDatagramClient } from './unix-datagram.js'

/** Where {@link unixClient} sends to, and how. */
export interface UnixTarget extends UnixDatagramTarget, StreamSettings {}

/** What a Unix socket takes. */
export type UnixKind = 'datagram' | 'stream'

/** A client to a Unix socket. */
export interface UnixClient extends Client {
  /** What the socket takes, since a first connection has opened; it stays so. */
  readonly kind: UnixKind | undefined
}

/**
 * A client that tries datagrams and then a stream, and keeps to the kind with which it came through first. Where there
 * are no datagrams, on Windows or without koffi, it tries a stream only, and says what is missing when that is not
 * enough. Python: `SysLogHandler._connect_unixsocket`.
 */
export function unixClient(target: UnixTarget): UnixClient {
  const clients = {
    datagram: unixDatagramClient(target),
    stream: streamClient({ ...target, address: { path: target.path }, tls: false }),
  }
  let kind: UnixKind | undefined
  return {
    label: clients.stream.label,
    get kind() {
      return kind
    },
    connect(listener) {
      if (kind) return clients[kind].connect(listener)
      const found = (which: UnixKind): void => {
        kind = which
      }
      return new FirstConnection({ ...clients, missing: missing(target.load), found }, listener)
    },
  }
}

interface Attempts {
  readonly datagram: Client
  readonly stream: Client
  /** Why there are no datagrams. */
  readonly missing: Error | undefined
  found(kind: UnixKind): void
}

// A connection of the one kind or the other.
class FirstConnection implements Connection {
  readonly #attempts: Attempts
  readonly #listener: ConnectionListener
  #connection: Connection

  constructor(attempts: Attempts, listener: ConnectionListener) {
    this.#attempts = attempts
    this.#listener = listener
    this.#connection = this.#connect(attempts.missing ? 'stream' : 'datagram')
  }

  send(parts: readonly Part[], done: (taken: number, refused?: Error) => void): void {
    this.#connection.send(parts, done)
  }

  sendNow(): void {
    this.#connection.sendNow()
  }

  end(signal: AbortSignal): Promise<void> {
    return this.#connection.end(signal)
  }

  destroy(): void {
    this.#connection.destroy()
  }

  #connect(kind: UnixKind): Connection {
    const { found, missing, [kind]: client } = this.#attempts
    const listener = this.#listener
    return client.connect({
      opened() {
        found(kind)
        listener.opened()
      },
      closed: (error, taken) => {
        const isOther = hasCode(error, 'EPROTOTYPE')
        if (isOther && kind === 'datagram') this.#connection = this.#connect('stream')
        else listener.closed(isOther && missing ? missing : error, taken)
      },
      idled: () => listener.idled(),
      failed: (error) => listener.failed(error),
    })
  }
}

function missing(load: () => unknown): Error | undefined {
  try {
    checkUnixDatagram(load)
    return undefined
  } catch (error) {
    return toError(error)
  }
}

function hasCode(error: (Error & { readonly code?: unknown }) | undefined, code: string): boolean {
  return error?.code === code
}
