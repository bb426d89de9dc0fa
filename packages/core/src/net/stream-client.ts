// A client that sends over a stream: TCP, TLS, a Unix socket or a Windows pipe.

import { connect, isIP, Socket } from 'node:net'
import { toError } from '../errors.js'
import { milliseconds } from '../milliseconds.js'
import { type Address, addressLabel } from './address.js'
import type { Client, Connection, ConnectionListener, Part } from './client.js'
import { readableError } from './readable-error.js'
import type { StreamSettings } from './stream-options.js'
import { type TlsSettings, tlsConnectOptions, tlsModule } from './tls.js'

/** Where a stream client connects to, and how. */
export interface StreamTarget extends StreamSettings {
  readonly address: Address
  readonly tls: TlsSettings | false
}

/**
 * A client over a stream. It finds the address anew at each attempt and does not read what comes back. Nothing tells what
 * the other side has taken, so `taken` is 0 when a connection breaks.
 */
export function streamClient(target: StreamTarget): Client {
  return {
    label: addressLabel(target.tls ? 'tls' : 'tcp', target.address),
    connect: (listener) => new StreamConnection(target, listener),
  }
}

// How long to wait, in milliseconds, for the other side to close after us, which shows that it has read everything.
const GRACE = 1000

class StreamConnection implements Connection {
  readonly #socket: Socket
  readonly #target: StreamTarget
  readonly #connecting: NodeJS.Timeout | undefined
  // Nobody, once the listener has heard the last or wants to hear no more.
  #listener: ConnectionListener | undefined
  #open = false
  #over = false
  // Tells that what is being sent has gone; undefined when nothing is.
  #taken: (() => void) | undefined
  #error: Error | undefined

  constructor(target: StreamTarget, listener: ConnectionListener) {
    this.#target = target
    this.#listener = listener
    const socket = openSocket(target)
    this.#socket = socket
    this.#connecting = this.#limitConnecting()
    socket.once(target.tls ? 'secureConnect' : 'connect', () => this.#opened())
    socket.on('timeout', () => this.#timedOut())
    socket.on('end', () => this.#ended())
    socket.on('error', (error) => {
      this.#error ??= readableError(error)
      // A TLS connection that the server refuses late would stay.
      socket.destroy()
    })
    socket.once('close', () => this.#closed(this.#error))
    // What comes is thrown away. Unread, it would make closing a reset, and the last we sent would be lost.
    socket.resume()
  }

  send(parts: readonly Part[], done: (taken: number) => void): void {
    const socket = this.#socket
    let waits = false
    const taken = (): void => {
      this.#taken = undefined
      if (waits && this.#listener) this.#rest()
      done(parts.length)
    }
    this.#taken = taken
    write(socket, parts, (error) => {
      // What becomes of the connection is told by `closed`. A write that is cut off by its end has no error.
      if (!error && !socket.destroyed && !this.#over && this.#taken === taken) taken()
    })
    // What the system took at once needs no guard, and that is nearly all.
    waits = socket.writableLength > 0
    if (!waits) return
    socket.ref()
    socket.setTimeout(milliseconds(this.#target.writeTimeout))
  }

  // Node has written all it could when `send` returned; TLS does not tell until later that it has.
  sendNow(): void {
    const { writableLength, errored, destroyed } = this.#socket
    if (writableLength === 0 && !errored && !destroyed && !this.#over) this.#taken?.()
  }

  async end(signal: AbortSignal): Promise<void> {
    const listener = this.#listener
    this.#listener = undefined
    if (!this.#open || signal.aborted) this.destroy()
    if (this.#over) return
    await this.#finish(signal)
    // The other side had not read everything, or refused all of it, as TLS 1.3 may do so late.
    if (this.#error) listener?.failed(this.#error)
  }

  destroy(): void {
    this.#leave()
    this.#socket.destroy()
  }

  #limitConnecting(): NodeJS.Timeout | undefined {
    const { connectTimeout } = this.#target
    if (connectTimeout === 0) return undefined
    const error = timeoutError(`connect ETIMEDOUT: no connection within ${connectTimeout} s`)
    // In a process that was busy for so long the connection may be there, and not have been looked at.
    const giveUp = (): void => {
      if (!this.#open) this.#socket.destroy(error)
    }
    return setTimeout(() => setImmediate(giveUp), milliseconds(connectTimeout)).unref()
  }

  #opened(): void {
    if (this.#over) return
    clearTimeout(this.#connecting)
    this.#open = true
    const { keepAlive, noDelay } = this.#target
    this.#socket.setNoDelay(noDelay)
    if (keepAlive > 0) this.#socket.setKeepAlive(true, milliseconds(keepAlive))
    this.#rest()
    this.#listener?.opened()
  }

  // With nothing to do, it does not keep the process alive.
  #rest(): void {
    this.#socket.unref()
    this.#socket.setTimeout(milliseconds(this.#target.idleTimeout))
  }

  #timedOut(): void {
    if (this.#taken) {
      const { writeTimeout } = this.#target
      this.#socket.destroy(timeoutError(`write ETIMEDOUT: nothing was taken for ${writeTimeout} s`))
    } else if (this.#listener) {
      // Told first, so that nothing is sent any more.
      const listener = this.#listener
      this.#leave()
      listener.idled()
      this.#finish()
    }
  }

  // Python's servers and most others close both ways; one that only stops sending will not be told more either.
  #ended(): void {
    if (!this.#open || !this.#listener) return
    this.#closed(undefined)
    this.#socket.destroy()
  }

  #closed(error: Error | undefined): void {
    const listener = this.#listener
    this.#leave()
    listener?.closed(error, 0)
  }

  #leave(): void {
    this.#listener = undefined
    this.#over = true
    clearTimeout(this.#connecting)
  }

  // Resolves when the other side has closed, or is not going to.
  #finish(signal?: AbortSignal): Promise<void> {
    const socket = this.#socket
    const cut = (): void => {
      socket.destroy()
    }
    return new Promise((resolve) => {
      let grace: NodeJS.Timeout | undefined
      socket.once('finish', () => {
        grace = setTimeout(cut, GRACE).unref()
      })
      socket.once('close', () => {
        clearTimeout(grace)
        signal?.removeEventListener('abort', cut)
        resolve()
      })
      signal?.addEventListener('abort', cut)
      if (signal) socket.ref()
      socket.end()
    })
  }
}

// A failure before there is a socket, such as a certificate that has gone, is told by one as well.
function openSocket({ address, tls, connectTimeout }: StreamTarget): Socket {
  // Of a host's addresses each gets its time. Node's quarter of a second is less than a distant server may take.
  const autoSelectFamilyAttemptTimeout = connectTimeout > 0 ? Math.min(1000, Math.ceil(connectTimeout * 500)) : 1000
  const to = { ...address, autoSelectFamilyAttemptTimeout }
  try {
    if (!tls) return connect(to)
    const servername = 'host' in address && isIP(address.host) === 0 ? { servername: address.host } : {}
    return tlsModule().connect({ ...to, ...servername, ...tlsConnectOptions(tls) })
  } catch (error) {
    return new Socket().destroy(toError(error))
  }
}

// Several parts make one call of the system.
function write(socket: Socket, parts: readonly Part[], done: (error?: Error | null) => void): void {
  if (parts.length > 1) socket.cork()
  for (const [index, { data }] of parts.entries()) {
    if (index < parts.length - 1) socket.write(data)
    else socket.write(data, done)
  }
  if (parts.length > 1) socket.uncork()
}

function timeoutError(message: string): Error {
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' })
}
