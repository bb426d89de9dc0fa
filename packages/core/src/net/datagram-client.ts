// Datagrams over UDP.

import { createSocket, type Socket } from 'node:dgram'
import dns from 'node:dns/promises'
import { addressLabel, type HostAddress } from './address.js'
import type { Client, Connection, ConnectionListener } from './client.js'
import {
  commonVerdicts,
  DatagramConnection,
  type DatagramSocket,
  type SystemError,
  type Verdicts,
} from './datagram-connection.js'

// "Nobody listens" is the answer to an earlier datagram, in Windows' words a reset.
const verdicts: Verdicts = { ...commonVerdicts, ECONNREFUSED: 'again', ECONNRESET: 'again' }

/**
 * A client over UDP: each part is a datagram. The host may also be a multicast group or a broadcast address. A name is
 * resolved at each connection, and an IPv4 address preferred. `failed` hears when nobody listens on the port; sending goes
 * on. Python: `DatagramHandler.makeSocket`.
 */
export function datagramClient(target: HostAddress): Client {
  return {
    label: addressLabel('udp', target),
    connect(listener: ConnectionListener): Connection {
      const connection = new DatagramConnection(listener, verdicts)
      resolve(target.host)
        .then((address) => open(connection, address, target.port))
        .catch((error) => connection.fail(error))
      return connection
    },
  }
}

interface Resolved {
  readonly address: string
  readonly family: number
}

// Python takes the first address, which for `localhost` often is ::1, where a daemon that knows only IPv4 hears nothing.
async function resolve(host: string): Promise<Resolved> {
  const addresses = await dns.lookup(host, { all: true })
  const address = addresses.find(({ family }) => family === 4) ?? addresses[0]
  if (!address) throw new Error(`${host} has no address`)
  return address
}

// Connected, sending is a fifth cheaper, and the system tells when nobody listens.
function open(connection: DatagramConnection, { address, family }: Resolved, port: number): void {
  if (connection.over) return
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4').unref()
  connection.attach(new UdpSocket(socket, family, connection))
  socket.on('error', (error) => connection.trouble(error))
  socket.once('connect', () => connection.opened())
  // Exclusive, or a worker of a cluster would ask its primary for the socket.
  socket.bind({ port: 0, exclusive: true }, () => {
    if (connection.over) return
    if (family === 4) socket.setBroadcast(true)
    socket.connect(port, address)
  })
}

// What UDP can carry: 64 KiB without its own header and, in IPv4, that of IP.
const LARGEST: Readonly<Record<number, number>> = { 4: 65_507, 6: 65_527 }

class UdpSocket implements DatagramSocket {
  // What is held back here only the event loop can send.
  readonly drains = false
  readonly #socket: Socket
  readonly #largest: number
  readonly #answer: (error: Error | null) => void
  readonly #lateAnswer: (error: Error | null) => void

  constructor(socket: Socket, family: number, connection: DatagramConnection) {
    this.#socket = socket
    this.#largest = LARGEST[family] ?? 0
    this.#answer = (error) => connection.answer(error)
    this.#lateAnswer = (error) => {
      if (error) connection.trouble(error)
    }
  }

  get busy(): boolean {
    return this.#socket.getSendQueueCount() > 0
  }

  send(data: string | Uint8Array): undefined {
    this.#socket.send(data, this.#answer)
  }

  sendNow(data: string | Uint8Array): SystemError | null {
    if (Buffer.byteLength(data) > this.#largest) return systemError('EMSGSIZE')
    this.#socket.send(data, this.#lateAnswer)
    return this.busy ? systemError('EAGAIN') : null
  }

  close(): void {
    this.#socket.close()
  }
}

function systemError(code: string): SystemError {
  return Object.assign(new Error(`send ${code}`), { code })
}
