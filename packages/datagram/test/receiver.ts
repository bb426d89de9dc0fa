// A receiver of datagrams over UDP in this process.

import { createSocket, type Socket, type SocketType } from 'node:dgram'
import { once } from 'node:events'
import type { TestContext } from 'node:test'

/** Keeps what it gets, until the test ends. */
export class Receiver {
  readonly #socket: Socket
  readonly #datagrams: Buffer[] = []

  private constructor(type: SocketType) {
    this.#socket = createSocket({ type, recvBufferSize: 4 * 1024 * 1024 })
    this.#socket.on('message', (datagram) => this.#datagrams.push(datagram))
  }

  static async start(
    t: Pick<TestContext, 'after'>,
    { host = '127.0.0.1', port = 0 }: { readonly host?: string; readonly port?: number } = {},
  ): Promise<Receiver> {
    const receiver = new Receiver(host.includes(':') ? 'udp6' : 'udp4')
    receiver.#socket.bind(port, host)
    await once(receiver.#socket, 'listening')
    t.after(() => receiver.#socket.close())
    return receiver
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** Small datagrams that can wait to be read; a system may allow much less than was asked for. */
  get room(): number {
    return Math.floor(this.#socket.getRecvBufferSize() / 1500)
  }

  /** Receives what is sent to a multicast group, if there is multicast here. */
  join(group: string): boolean {
    try {
      this.#socket.addMembership(group)
      this.#socket.setMulticastLoopback(true)
      return true
    } catch {
      return false
    }
  }

  /** All datagrams so far, once there are `count`. */
  async received(count: number): Promise<readonly Buffer[]> {
    while (this.#datagrams.length < count) await once(this.#socket, 'message')
    return this.#datagrams
  }

  /** The same as texts. */
  async texts(count: number): Promise<readonly string[]> {
    return (await this.received(count)).map(String)
  }
}
