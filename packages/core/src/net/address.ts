// Where a destination is: a host and a port, or the path of a Unix socket, on Windows of a pipe.

import { resolve } from 'node:path'
import { required } from '../checks.js'
import { type Check, show } from '../options.js'

/** Where a destination is. */
export type Address = HostAddress | PathAddress

/** A host by name or number, and a port. */
export interface HostAddress {
  readonly host: string
  readonly port: number
}

/** A Unix socket, on Windows a pipe. */
export interface PathAddress {
  readonly path: string
}

/** The option `host`; a path when the option `port` is null, as in Python's SocketHandler and DatagramHandler. */
export const hostCheck: Check<string> & { readonly required: true } = required({
  expected: 'a host name or address, or with port: null the path of a Unix socket',
  parse(value, { port }) {
    if (typeof value !== 'string' || value === '') return undefined
    return port === null ? parsePath(value) : parseHost(value, 'a path needs port: null')
  },
})

/** The option `port`. */
export const portCheck: Check<number | null> & { readonly required: true } = required({
  expected: 'a port from 1 to 65535, or null when host is a path',
  parse: (value) => (value === null || isPort(value) ? value : undefined),
})

/** An address in one option, as that of Python's SysLogHandler: [host, port] or a path. */
export const addressCheck: Check<Address> = {
  expected: "[host, port], or the path of a Unix socket such as '/dev/log'",
  parse(value) {
    if (typeof value === 'string' && value !== '') return { path: parseAddressPath(value) }
    if (!Array.isArray(value) || value.length !== 2) return undefined
    const [host, port]: readonly unknown[] = value
    if (typeof host !== 'string' || host === '') return undefined
    if (!isPort(port)) throw new Error(`has the port ${show(port)}; a port is a number from 1 to 65535`)
    return { host: parseHost(host, 'a path stands alone'), port }
  },
}

/** The address that the options `host` and `port` make together. */
export function addressOf(host: string, port: number | null): Address {
  return port === null ? { path: host } : { host, port }
}

/** An address as it stands in messages: `tcp://127.0.0.1:9020`, `tls://[::1]:6514`, `unix:/run/log.sock`, or a pipe's own name. */
export function addressLabel(scheme: 'tcp' | 'tls' | 'udp', address: Address): string {
  if ('path' in address) return PIPE.test(address.path) ? address.path : `unix:${address.path}`
  const { host, port } = address
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

const PIPE = /^[\\/]{2}[.?][\\/]pipe[\\/]./i

/** A path as the system takes it, absolute; throws an Error that continues the sentence `option "x" ...`. */
export function parsePath(value: string, platform: NodeJS.Platform = process.platform): string {
  if (value.includes('\0')) throw new Error(`is ${show(value)}: a path has no NUL character`)
  if (platform === 'win32') {
    if (PIPE.test(value)) return value
    throw new Error(`is ${show(value)}; on Windows it must be the name of a pipe, such as ${String.raw`\\.\pipe\log`}`)
  }
  // Absolute from the start: a later chdir() must not move the destination.
  const path = resolve(value)
  const size = Buffer.byteLength(path)
  // The size of sun_path, less the NUL that ends it.
  const limit = platform === 'linux' ? 107 : 103
  if (size <= limit) return path
  throw new Error(`has ${size} bytes, and the path of a Unix socket at most ${limit}: ${show(path)}`)
}

// Python takes any string for a path here. A host that was meant to be a list is the likelier mistake.
function parseAddressPath(value: string): string {
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(value))
    throw new Error(`is ${show(value)}: a host is given as [host, port], without scheme`)
  if (/[\\/]/.test(value)) return parsePath(value)
  throw new Error(`is ${show(value)}, which has no slash: a host is given as [host, port], a path with its folder`)
}

// `onPath` says how a path is given where a host was expected.
function parseHost(value: string, onPath: string): string {
  const host = value.replace(/^\[(.*)\]$/, '$1')
  if (/[\\/]/.test(host)) throw new Error(`is ${show(value)}: ${onPath}, and a host is given without scheme`)
  if (/[\s\0]/.test(host)) throw new Error(`is ${show(value)}: a host has no spaces`)
  return host
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535
}
