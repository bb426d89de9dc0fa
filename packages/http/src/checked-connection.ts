// What a user's function makes of a connection.

import { Socket } from 'node:net'
import type { GetConnection } from './exchange.js'
import { kindOf } from './wire/kind-of.js'

/** `getConnection`, which throws a TypeError when it has not returned a socket: it cannot be waited for, as Python's cannot. */
export function checkedConnection(getConnection: GetConnection): GetConnection {
  return (host, secure) => {
    const socket: unknown = getConnection(host, secure)
    if (socket instanceof Socket) return socket
    throw new TypeError(`getConnection has to return a socket, and has returned ${kindOf(socket)}`)
  }
}
