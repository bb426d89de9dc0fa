// What carries the messages: which kind of socket, and the client for it.

import { type Check, checkOption, oneOf, requireOptional, toError } from '@pino-handlers/core'
import {
  type Address,
  type Client,
  checkUnixDatagram,
  datagramClient,
  type StreamSettings,
  streamClient,
  type TlsSettings,
  unixClient,
  unixDatagramClient,
} from '@pino-handlers/core/net'
import type { Carrier } from './wire/index.js'

/** A kind of socket; 'unix' is one of datagrams, or one of streams if that is what stands at the path. */
export type Socktype = 'udp' | 'tcp' | 'tls' | 'unix' | 'unix-dgram' | 'unix-stream'

const kinds = oneOf('udp', 'tcp', 'tls', 'unix', 'unix-dgram', 'unix-stream')

/** The check of the `socktype` option. */
export const socktypeCheck: Check<Socktype> = {
  expected: kinds.expected,
  parse(value, given) {
    const kind = kinds.parse(value, given)
    if (!kind) return undefined
    const isPath = typeof given.address === 'string'
    if (kind.startsWith('unix') === isPath) return kind
    const [what, fitting] = isPath
      ? ['a path', "'unix', 'unix-dgram', 'unix-stream'"]
      : ['a host', "'udp', 'tcp', 'tls'"]
    throw new Error(`is '${kind}', but the address is ${what}, which goes with ${fitting}`)
  },
}

/** The kind of socket for an address if none was asked for. */
export function socktypeFor(address: Address): Socktype {
  return 'path' in address ? 'unix' : 'udp'
}

/** Whether messages can only be datagrams. */
export function isDatagram(socktype: Socktype): boolean {
  return socktype === 'udp' || socktype === 'unix-dgram'
}

/** A way to the daemon. */
export interface Transport {
  readonly client: Client
  /** What the client sends over; of a 'unix' socket known when a connection has opened. */
  readonly carrier: Carrier
}

/** What a transport needs to know. */
export interface TransportSettings extends StreamSettings {
  readonly address: Address
  readonly socktype: Socktype
  readonly tls?: TlsSettings | false | undefined
}

/**
 * The transport that goes with the settings.
 * @throws {HandlerOptionError} for datagrams to a Unix socket where there are none
 */
export function createTransport(settings: TransportSettings): Transport {
  const { address, socktype } = settings
  if ('path' in address) return unixTransport(socktype, address.path, settings)
  if (socktype === 'udp') return { client: datagramClient(address), carrier: 'datagram' }
  if (socktype === 'tcp') return { client: streamClient({ ...settings, tls: false }), carrier: 'stream' }
  return { client: streamClient({ ...settings, tls: settings.tls || {} }), carrier: 'tls' }
}

function unixTransport(socktype: Socktype, path: string, settings: TransportSettings): Transport {
  const target = { ...settings, path, load: loadKoffi }
  if (socktype === 'unix-stream') return { client: streamClient({ ...target, tls: false }), carrier: 'stream' }
  if (socktype === 'unix-dgram') {
    checkOption('syslog', 'socktype', checkDatagrams)
    return { client: unixDatagramClient(target), carrier: 'datagram' }
  }
  const client = unixClient(target)
  return {
    client,
    get carrier() {
      return client.kind ?? 'datagram'
    },
  }
}

function checkDatagrams(): void {
  try {
    checkUnixDatagram(loadKoffi)
  } catch (error) {
    throw new Error(`is 'unix-dgram', but ${toError(error).message}`, { cause: error })
  }
}

// From here: it is this package that depends on it.
function loadKoffi(): unknown {
  return requireOptional('koffi', import.meta.url)
}
