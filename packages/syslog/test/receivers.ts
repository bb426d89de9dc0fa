// Receivers in this process, which keep what they get as it came.

import { createSocket } from 'node:dgram'
import { EventEmitter, once } from 'node:events'
import { type AddressInfo, createServer, type ListenOptions, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'

/** A receiver of UDP on a port of its own. */
export class UdpReceiver {
  readonly packets: string[] = []
  #stopped = false
  readonly #socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 })

  static async start(t: TestContext): Promise<UdpReceiver> {
    const receiver = new UdpReceiver()
    const socket = receiver.#socket
    socket.on('message', (data) => receiver.packets.push(String(data)))
    socket.bind(0, '127.0.0.1')
    t.after(() => receiver.stop())
    await once(socket, 'listening')
    return receiver
  }

  get address(): [string, number] {
    return ['127.0.0.1', this.#socket.address().port]
  }

  stop(): void {
    if (!this.#stopped) this.#socket.close()
    this.#stopped = true
  }

  /** Resolves with the packets, once there are `count` of them. */
  async received(count: number): Promise<readonly string[]> {
    while (this.packets.length < count) await once(this.#socket, 'message')
    return this.packets
  }
}

/** A receiver of streams, which listens again where it did after it was stopped. */
export class StreamReceiver {
  /** All that came, from one connection after the other. */
  text = ''
  /** Connections so far. */
  connections = 0
  readonly #options: TlsOptions | undefined
  readonly #events = new EventEmitter()
  readonly #open = new Set<Socket>()
  readonly #stalls: boolean
  #where: ListenOptions
  #server: Server | undefined

  private constructor(where: ListenOptions, options: TlsOptions | undefined, stalls: boolean) {
    this.#where = where
    this.#options = options
    this.#stalls = stalls
  }

  /** @param settings `tls` secures it, `stalls` accepts and reads nothing */
  static async start(
    t: TestContext,
    { path, port = 0, tls, stalls = false }: { path?: string; port?: number; tls?: TlsOptions; stalls?: boolean } = {},
  ): Promise<StreamReceiver> {
    const receiver = new StreamReceiver(path ? { path } : { host: '127.0.0.1', port }, tls, stalls)
    t.after(() => receiver.stop())
    await receiver.start()
    return receiver
  }

  async start(): Promise<void> {
    const server = this.#options ? createTlsServer(this.#options) : createServer({ pauseOnConnect: this.#stalls })
    server.on(this.#options ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.connections++
      this.#events.emit('change')
      if (!this.#stalls) this.#read(socket)
    })
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket)
      socket.on('error', () => socket.destroy())
    })
    await once(server.listen(this.#where), 'listening')
    const address = server.address()
    if (isPort(address)) this.#where = { host: '127.0.0.1', port: address.port }
    this.#server = server
  }

  /** Breaks all connections, those of TCP by a reset, which their clients hear at once, and accepts no more. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    for (const socket of this.#open) {
      if (this.#where.path) socket.destroy()
      else socket.resetAndDestroy()
    }
    this.#open.clear()
    await new Promise((resolve) => server.close(resolve))
  }

  get address(): [string, number] {
    return ['127.0.0.1', this.#where.port ?? 0]
  }

  /** Resolves with the text, once it ends in `end`. */
  async received(end: string): Promise<string> {
    while (!this.text.endsWith(end)) await once(this.#events, 'change')
    return this.text
  }

  /** Resolves when there have been so many connections. */
  async connected(count: number): Promise<void> {
    while (this.connections < count) await once(this.#events, 'change')
  }

  #read(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.text += text
      this.#events.emit('change')
    })
  }
}

function isPort(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

/** Resolves when a handler has closed. */
export async function ended(handler: EventEmitter & { end(): unknown }): Promise<void> {
  const closed = once(handler, 'close')
  handler.end()
  await closed
}
