// The calls of the C library that Unix datagram sockets take, and the layout of their addresses.

import { constants } from 'node:fs'
import { getSystemErrorName } from 'node:util'
import { toError } from '../errors.js'
import type { SystemError } from './datagram-connection.js'

/** Unix datagram sockets by descriptor. */
export interface SocketCalls {
  /** A connected socket that never blocks. Throws what the system says, with its code. */
  connect(path: string): number
  /** Returns the error if the datagram was not taken. */
  send(descriptor: number, data: string | Uint8Array): SystemError | null
  /** Calls `done` when the receiver has room, or after `milliseconds` at the latest; the event loop goes on meanwhile. */
  awaitRoom(descriptor: number, milliseconds: number, done: () => void): void
  close(descriptor: number): void
}

interface Layout {
  /** Bytes of the address's path, with its end. */
  readonly pathBytes: number
  /** The first byte is the address's length, and only the second one its family. */
  readonly hasLength: boolean
  readonly sendFlags: number
}

const MSG_NOSIGNAL = 0x4000

const layouts: Readonly<Partial<Record<NodeJS.Platform, Layout>>> = {
  linux: { pathBytes: 108, hasLength: false, sendFlags: MSG_NOSIGNAL },
  darwin: { pathBytes: 104, hasLength: true, sendFlags: 0 },
}

// The same on both systems.
const AF_UNIX = 1
const SOCK_DGRAM = 2
const F_SETFD = 2
const F_SETFL = 4
const FD_CLOEXEC = 1
const POLLOUT = 4

const loaded = new WeakMap<() => unknown, SocketCalls>()

/** The calls, looked up once for each `load`. Throws in words when this system does not have them, or koffi is not there. */
export function loadSocketCalls(load: () => unknown): SocketCalls {
  const calls = loaded.get(load) ?? bind(load)
  loaded.set(load, calls)
  return calls
}

function bind(load: () => unknown): SocketCalls {
  const layout = layouts[process.platform]
  if (!layout) throw new Error(`Unix datagram sockets work on Linux and macOS, not on ${process.platform}`)
  const koffi = loadKoffi(load)
  const library = koffi.load(null)
  const socket = library.func('int socket(int, int, int)')
  const connect = library.func('int connect(int, const void *, uint)')
  const fcntl = library.func('int fcntl(int, int, ...)')
  const send = library.func('intptr_t send(int, const void *, size_t, int)')
  const poll = library.func('int poll(void *, ulong, int)')
  const close = library.func('int close(int)')

  // A full queue is reported many times a second: one error object for each kind is enough.
  const errors = new Map<number, SystemError>()
  function sendError(): SystemError {
    const number = koffi.errno()
    const error = errors.get(number) ?? systemError('send', number)
    errors.set(number, error)
    return error
  }

  // What the system writes into from another thread must not be collected before.
  const answers = new Set<Buffer>()

  return {
    connect(path) {
      const address = addressOf(path, layout)
      const descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
      if (descriptor < 0) throw systemError('socket', koffi.errno(), path)
      fcntl(descriptor, F_SETFD, 'int', FD_CLOEXEC)
      fcntl(descriptor, F_SETFL, 'int', constants.O_NONBLOCK)
      if (connect(descriptor, address, address.length) < 0) {
        const error = systemError('connect', koffi.errno(), path)
        close(descriptor)
        throw error
      }
      return descriptor
    },
    send(descriptor, data) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      return send(descriptor, bytes, bytes.length, layout.sendFlags) < 0 ? sendError() : null
    },
    awaitRoom(descriptor, milliseconds, done) {
      const asked = pollOf(descriptor)
      answers.add(asked)
      poll.async(asked, 1, milliseconds, () => {
        answers.delete(asked)
        done()
      })
    },
    close(descriptor) {
      close(descriptor)
    },
  }
}

// struct sockaddr_un
function addressOf(path: string, { pathBytes, hasLength }: Layout): Buffer {
  const bytes = Buffer.from(`${path}\0`)
  if (bytes.length > pathBytes) {
    throw new Error(`a Unix socket's path has at most ${pathBytes - 1} bytes, got ${bytes.length - 1}: ${path}`)
  }
  const header = hasLength ? [bytes.length + 2, AF_UNIX] : [AF_UNIX, 0]
  return Buffer.concat([Uint8Array.from(header), bytes])
}

// struct pollfd
function pollOf(descriptor: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeInt32LE(descriptor)
  bytes.writeInt16LE(POLLOUT, 4)
  return bytes
}

function systemError(call: string, number: number, path?: string): SystemError {
  const code = getSystemErrorName(-number)
  return Object.assign(new Error([call, code, path].filter(Boolean).join(' ')), { code })
}

// Types stand between the arguments after `...`.
type Argument = number | string | Uint8Array

interface NativeFunction {
  (...args: readonly Argument[]): number
  /** In a thread of the pool; it may wait there. */
  async(...args: readonly [...Argument[], done: () => void]): void
}

/** What is used of koffi 3. */
interface Koffi {
  load(path: null): { func(definition: string): NativeFunction }
  errno(): number
}

function loadKoffi(load: () => unknown): Koffi {
  try {
    return parseKoffi(load())
  } catch (thrown) {
    const words = 'Unix datagram sockets need the package "koffi", which is not there: npm install koffi'
    throw new Error(`${words} (${toError(thrown).message.split('\n', 1)[0]})`, { cause: thrown })
  }
}

function parseKoffi(module: unknown): Koffi {
  const isKoffi = typeof module === 'object' && module !== null && 'load' in module && 'errno' in module
  if (!isKoffi) throw new Error('this is not koffi')
  return module as Koffi
}
