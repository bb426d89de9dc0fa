// Datagrams to a Unix socket, such as /dev/log. Node has no such sockets: they are the C library's, called through koffi.

import { toError } from '../errors.js'
import { addressLabel, type PathAddress } from './address.js'
import type { Client, Connection, ConnectionListener } from './client.js'
import { commonVerdicts, DatagramConnection, type DatagramSocket, type SystemError } from './datagram-connection.js'
import { loadSocketCalls, type SocketCalls } from './unix-socket-calls.js'

/** Where {@link unixDatagramClient} sends to, and with what. */
export interface UnixDatagramTarget extends PathAddress {
  /** Returns the module koffi, as found from the package that depends on it; called when it is needed first. */
  readonly load: () => unknown
}

/**
 * A client over a Unix datagram socket, on Linux and macOS: each part is a datagram. A connection to a stream socket is
 * closed with an error whose code is 'EPROTOTYPE'. Python: `DatagramHandler` without a port, `SysLogHandler` with a path.
 */
export function unixDatagramClient(target: UnixDatagramTarget): Client {
  return {
    label: addressLabel('udp', target),
    connect(listener: ConnectionListener): Connection {
      const connection = new DatagramConnection(listener, commonVerdicts)
      process.nextTick(open, connection, target)
      return connection
    },
  }
}

/** Throws in words when this system has no Unix datagram sockets, or koffi is not installed: neither heals by waiting. */
export function checkUnixDatagram(load: () => unknown): void {
  loadSocketCalls(load)
}

function open(connection: DatagramConnection, { path, load }: UnixDatagramTarget): void {
  if (connection.over) return
  try {
    const calls = loadSocketCalls(load)
    connection.attach(new UnixSocket(calls, calls.connect(path)))
  } catch (error) {
    connection.fail(toError(error))
    return
  }
  connection.opened()
}

class UnixSocket implements DatagramSocket {
  // Room is made by the receiver, also while this process waits.
  readonly drains = true
  readonly busy = false
  readonly #calls: SocketCalls
  readonly #descriptor: number

  constructor(calls: SocketCalls, descriptor: number) {
    this.#calls = calls
    this.#descriptor = descriptor
  }

  send(data: string | Uint8Array): SystemError | null {
    return this.#calls.send(this.#descriptor, data)
  }

  sendNow(data: string | Uint8Array): SystemError | null {
    return this.#calls.send(this.#descriptor, data)
  }

  awaitRoom(milliseconds: number, done: () => void): void {
    this.#calls.awaitRoom(this.#descriptor, milliseconds, done)
  }

  close(): void {
    this.#calls.close(this.#descriptor)
  }
}
